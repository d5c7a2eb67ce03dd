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
    /// What has died is known to be down after that; 0: no probing.
    std::chrono::milliseconds interval{15'000};
    std::chrono::milliseconds retry{1'000};
    std::chrono::milliseconds timeout{3'000};
    Hysteresis hysteresis{};
    std::string ca_file{};  ///< empty: the system's authorities

    /// Between two probes that say what is believed: so long that the probes which then have to say otherwise, none of
    /// them answered, end within the interval. At least a quarter of it.
    std::chrono::milliseconds pause() const;
};

/// So often it is looked whether a probe is due.
inline constexpr std::chrono::milliseconds kProbeTick{250};

/// Secrets that are replaced while everything runs; see rotation.hpp.
struct RotationSettings {
    std::string file{};   ///< empty: no rotation
    std::string store{};  ///< of coturn's database; may hold a password
    std::string realm{};
    std::chrono::seconds longest{std::chrono::hours{24}};  ///< no credentials are good for longer
};

struct Settings {
    std::vector<IceUrl> stun{};
    std::vector<TurnServer> servers{};
    std::size_t servers_per_client = 3;
    std::chrono::seconds ttl{0};  ///< 0: to the end of the window
    std::chrono::seconds min_ttl{300};
    int refresh_at = 70;      ///< percent of the time that credentials are good; 0: never
    int refresh_jitter = 10;  ///< percent, earlier
    ProbeSettings probe{};
    RotationSettings rotation{};
};

/// **Errors**: throws `std::invalid_argument` that lists everything that is wrong, each with its place in the file. No
/// message holds a password or secret.
Settings read_settings(const ConfigView& config);

}  // namespace televisit::turn
