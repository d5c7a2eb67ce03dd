#include "turn_provider.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server_choice.hpp"

namespace televisit::turn {

namespace {

constexpr std::chrono::seconds kProbeTtl{300};

/// The STUN servers come last, as one.
std::vector<std::size_t> counts_of(const Settings& settings) {
    std::vector<std::size_t> counts;
    for (const auto& server : settings.servers) counts.push_back(server.urls.size());
    counts.push_back(settings.stun.size());
    return counts;
}

}  // namespace

TurnProvider::TurnProvider(Host& host)
    : host_(host),
      settings_(read_settings(host.config())),
      probe_user_("probe-" + host.secrets().uuid()),
      health_(counts_of(settings_), settings_.probe.hysteresis),
      prober_(host, settings_, health_,
              {[this](std::size_t server) { return credentials_of(settings_.servers[server], probe_user_, kProbeTtl); },
               [](std::size_t) {}}) {
    for (const auto& server : settings_.servers)
        issued_[server.name] =
            &host_.metrics().counter("televisit_turn_credentials_issued_total", "TURN credentials given to attendees.",
                                     {{"server", server.name}});
}

ProvidedPorts TurnProvider::ports() {
    ProvidedPorts ports;
    ports.ice = this;
    return ports;
}

Result<void> TurnProvider::start(const CallContext&) {
    host_.logger().info("ice servers configured",
                        {{"stun_urls", settings_.stun.size()}, {"turn_servers", settings_.servers.size()}});
    if (settings_.servers.empty())
        host_.logger().warning("no TURN server: clients behind strict firewalls will not reach each other");
    return prober_.start();
}

void TurnProvider::stop(const CallContext&) {
    prober_.stop();
}

std::chrono::seconds TurnProvider::ttl_for(const IceRequest& request) const {
    const auto to_the_end = std::max(request.wanted_ttl, settings_.min_ttl);
    return settings_.ttl.count() == 0 ? to_the_end : std::min(settings_.ttl, to_the_end);
}

TurnCredentials TurnProvider::credentials_of(const TurnServer& server, const AttendeeId& attendee,
                                             std::chrono::seconds ttl) const {
    if (!server.is_ephemeral()) return {server.username, server.password};
    return mint_credentials(server.secrets.front(), attendee, host_.clock().now(), ttl, host_.secrets());
}

IceServer TurnProvider::answer_of(const TurnServer& server, const ServerCondition& condition,
                                  const AttendeeId& attendee, std::chrono::seconds ttl) const {
    auto credentials = credentials_of(server, attendee, ttl);
    return {usable_urls(server.urls, condition), std::move(credentials.username), std::move(credentials.password)};
}

std::vector<ServerCondition> TurnProvider::conditions() const {
    std::vector<ServerCondition> all;
    for (std::size_t i = 0; i < settings_.servers.size(); ++i) all.push_back(health_.condition(i));
    return all;
}

Result<IceServers> TurnProvider::ice_servers(const IceRequest& request, const CallContext&) {
    IceServers answer;
    if (!settings_.stun.empty())
        answer.servers.push_back({usable_urls(settings_.stun, health_.condition(settings_.servers.size()))});
    const auto ttl = ttl_for(request);
    const auto conditions = this->conditions();
    for (const auto i : choose_servers(settings_.servers, conditions, request.attendee, request.client_address,
                                       settings_.servers_per_client, host_.secrets())) {
        const auto& server = settings_.servers[i];
        answer.servers.push_back(answer_of(server, conditions[i], request.attendee, ttl));
        if (server.is_ephemeral()) answer.ttl = ttl;
        issued_.at(server.name)->add();
    }
    return answer;
}

}  // namespace televisit::turn
