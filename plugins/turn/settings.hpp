#pragma once
/// What the configuration says, checked as far as a schema cannot.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "server_health.hpp"
#include "televisit/sdk/config_view.hpp"
#include "turn_server.hpp"

namespace televisit::turn {

struct ProbeSettings {
    std::chrono::milliseconds interval{15'000};  ///< 0: no probing
    std::chrono::milliseconds retry{1'000};
    std::chrono::milliseconds timeout{3'000};
    Hysteresis hysteresis{};
    std::string ca_file{};  ///< empty: the system's authorities
};

struct Settings {
    std::vector<IceUrl> stun{};
    std::vector<TurnServer> servers{};
    std::size_t servers_per_client = 3;
    std::chrono::seconds ttl{0};  ///< 0: to the end of the window
    std::chrono::seconds min_ttl{300};
    ProbeSettings probe{};
};

/// **Errors**: throws `std::invalid_argument` that lists everything that is wrong, each with its place in the file. No
/// message holds a password or secret.
Settings read_settings(const ConfigView& config);

}  // namespace televisit::turn
