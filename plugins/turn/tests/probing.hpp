#pragma once
/// Probes on the real network, with the real time.

#include <map>
#include <string>
#include <vector>

#include "host_names.hpp"
#include "probe_round.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"
#include "turn_server.hpp"

namespace televisit::turn::testing {

class RealClock final : public Clock {
  public:
    Instant now() const noexcept override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
    SteadyTime steady_now() const noexcept override { return std::chrono::steady_clock::now(); }
};

/// Credentials as attendees have them, from the real clock.
inline TurnCredentials fresh_credentials(const std::string& secret,
                                         std::chrono::seconds ttl = std::chrono::minutes{5}) {
    const testkit::DeterministicSecrets secrets;
    return mint_credentials(secret, AttendeeId{"probe"}, RealClock().now(), ttl, secrets);
}

/// What each of the URLs turns out to be, in the order of their ends.
inline std::vector<std::pair<std::string, ProbeOutcome>> probe_all(
    const std::vector<std::string>& urls, const TurnCredentials& credentials, const std::string& ca_file = {},
    std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
    const RealClock clock;
    testkit::DeterministicSecrets secrets;
    const TlsClient tls(ca_file);
    ProbeRound round(timeout, tls, clock, secrets);
    HostNames names;
    std::vector<ProbeTarget> targets;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const auto url = *parse_ice_url(urls[i], IceScheme::turn);
        names.look_up(url);
        ProbeTarget target{i, url, names.find(url).address};
        if (url.is_turn()) target.credentials = credentials;
        targets.push_back(std::move(target));
    }
    std::vector<std::pair<std::string, ProbeOutcome>> found;
    round.run(std::move(targets),
              {[&](std::size_t i, const ProbeOutcome& outcome) { found.emplace_back(urls[i], outcome); },
               [] { return std::vector<ProbeTarget>(); }, [] { return false; }});
    return found;
}

inline ProbeOutcome probe(const std::string& url, const TurnCredentials& credentials, const std::string& ca_file = {},
                          std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
    return probe_all({url}, credentials, ca_file, timeout).at(0).second;
}

}  // namespace televisit::turn::testing
