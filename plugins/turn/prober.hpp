#pragma once
/// Probes every URL again and again, and keeps what it finds.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "host_names.hpp"
#include "probe_round.hpp"
#include "server_health.hpp"
#include "settings.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::turn {

/// Of the STUN servers, which have no name of their own, for metrics and messages.
inline constexpr std::string_view kStunName = "stun";

/// One URL that is probed.
struct ProbedUrl {
    std::size_t server = 0;  ///< the index of its server; for a STUN server, how many TURN servers there are
    std::size_t url = 0;     ///< its index there
    std::string name{};      ///< of the server
    IceUrl address{};
};

/// Every URL of the configuration.
std::vector<ProbedUrl> probed_urls(const Settings& settings);

/// Takes one thread of the plugin's pool while probes are under way, and another while names are looked up.
/// **Threads**: any.
class Prober {
  public:
    struct Callbacks {
        /// As an attendee's, for a TURN server.
        std::function<TurnCredentials(std::size_t server)> credentials;
        /// This server is down from now on.
        std::function<void(std::size_t server)> lost;
    };
    /// Throws `std::runtime_error` when the file of authorities cannot be read.
    Prober(Host& host, const Settings& settings, ServerHealth& health, Callbacks callbacks);

    Result<void> start();
    void stop() noexcept { stopped_ = true; }
    /// Probes what is due. **Blocks**: while probes are under way.
    void tick();

  private:
    struct Schedule {
        SteadyTime due{};
        bool under_way = false;
    };
    void look_up_due_names();
    void look_up_names();
    std::vector<ProbeTarget> take_due();
    void record(std::size_t number, const ProbeOutcome& outcome);
    void tell(const ProbedUrl& url, const ProbeOutcome& outcome, const ServerHealth::Change& change);
    Duration with_jitter(Duration interval);

    Host& host_;
    const Settings& settings_;
    ServerHealth& health_;
    const Callbacks callbacks_;
    const std::vector<ProbedUrl> urls_;
    const TlsClient tls_;
    HostNames names_;
    std::atomic<bool> stopped_{false};
    std::atomic<bool> looking_up_{false};
    std::atomic<SteadyTime> names_due_{};
    std::mutex mutex_;
    std::vector<Schedule> schedules_;  // guarded by mutex_
};

}  // namespace televisit::turn
