#include "turn_provider.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server_choice.hpp"

namespace televisit::turn {

namespace {

std::vector<std::string> texts_of(const std::vector<IceUrl>& urls) {
    std::vector<std::string> texts;
    for (const auto& url : urls) texts.push_back(url.text);
    return texts;
}

}  // namespace

TurnProvider::TurnProvider(Host& host) : host_(host), settings_(read_settings(host.config())) {
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
    return {};
}

std::chrono::seconds TurnProvider::ttl_for(const IceRequest& request) const {
    const auto to_the_end = std::max(request.wanted_ttl, settings_.min_ttl);
    return settings_.ttl.count() == 0 ? to_the_end : std::min(settings_.ttl, to_the_end);
}

IceServer TurnProvider::answer_of(const TurnServer& server, const AttendeeId& attendee,
                                  std::chrono::seconds ttl) const {
    if (!server.is_ephemeral()) return {texts_of(server.urls), server.username, server.password};
    auto credentials = mint_credentials(server.secrets.front(), attendee, host_.clock().now(), ttl, host_.secrets());
    return {texts_of(server.urls), std::move(credentials.username), std::move(credentials.password)};
}

Result<IceServers> TurnProvider::ice_servers(const IceRequest& request, const CallContext&) {
    IceServers answer;
    if (!settings_.stun.empty()) answer.servers.push_back({texts_of(settings_.stun)});
    const auto ttl = ttl_for(request);
    for (const auto* server : choose_servers(settings_.servers, request.attendee, request.client_address,
                                             settings_.servers_per_client, host_.secrets())) {
        answer.servers.push_back(answer_of(*server, request.attendee, ttl));
        if (server->is_ephemeral()) answer.ttl = ttl;
        issued_.at(server->name)->add();
    }
    return answer;
}

}  // namespace televisit::turn
