#pragma once
/// What the plugin's configuration says.

#include <cstddef>
#include <string>

#include "backplane_state.hpp"
#include "connection_settings.hpp"
#include "televisit/sdk/config_view.hpp"

namespace televisit::storage_redis {

struct Settings {
    ConnectionSettings connection{};
    std::string prefix{};               ///< of every key and channel
    std::size_t connections = 8;        ///< for records, and as many for presence
    std::size_t quality_samples = 500;  ///< for each session; the oldest goes first
    BackplaneSettings backplane{};
};

/// Throws `std::invalid_argument` with the place in the file and what is wrong, without any value of it.
Settings settings_of(const ConfigView& config);

}  // namespace televisit::storage_redis
