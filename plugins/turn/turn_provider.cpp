#include "turn_provider.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "server_choice.hpp"

namespace televisit::turn {

namespace {

constexpr std::chrono::seconds kProbeTtl{300};
constexpr std::chrono::seconds kLookAtFile{1};

std::uint64_t mark_of(std::size_t server) {
    return std::uint64_t{1} << server % 64;
}

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
      book_(settings_.rotation.file),
      prober_(host, settings_, health_,
              {[this](std::size_t server) { return credentials_of(settings_.servers[server], probe_user_, kProbeTtl); },
               [this](std::size_t server) { listener_.servers_lost(mark_of(server)); }}) {
    auto& metrics = host_.metrics();
    for (const auto& server : settings_.servers) {
        const MetricLabels labels{{"server", server.name}};
        counters_.push_back({metrics.counter("televisit_turn_credentials_issued_total",
                                             "TURN credentials given to attendees who asked.", labels),
                             metrics.counter("televisit_turn_credentials_refreshed_total",
                                             "TURN credentials given to attendees during a call.", labels)});
    }
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
    if (auto read = follow_rotation(); !read) return read;
    return prober_.start();
}

Result<void> TurnProvider::follow_rotation() {
    if (std::none_of(settings_.servers.begin(), settings_.servers.end(),
                     [](const TurnServer& server) { return server.rotates; }))
        return {};
    if (auto read = book_.refresh(); !read) return read.error();
    if (book_.secret().empty())
        return error(Errc::invalid,
                     settings_.rotation.file + " has no secret yet: `televisitctl turn rotate` makes one");
    return host_.executor().every(kLookAtFile, [this] {
        const auto changed = book_.refresh();
        const auto reason = changed ? std::string() : changed.error().message;
        if (const bool is_new = std::exchange(unread_, reason) != reason; is_new && !reason.empty())
            host_.logger().warning("turn secrets not read", {{"reason", std::string_view(reason)}});
        if (changed && *changed) host_.logger().info("turn secrets read again");
    });
}

void TurnProvider::stop(const CallContext&) {
    prober_.stop();
}

std::chrono::seconds TurnProvider::ttl_for(const IceRequest& request) const {
    const auto to_the_end = std::max(request.wanted_ttl, settings_.min_ttl);
    return settings_.ttl.count() == 0 ? to_the_end : std::min(settings_.ttl, to_the_end);
}

std::chrono::seconds TurnProvider::refresh_after(std::chrono::seconds ttl) const {
    if (settings_.refresh_at == 0 || ttl.count() == 0) return std::chrono::seconds{0};
    const auto byte = static_cast<std::uint8_t>(host_.secrets().random_bytes(1).front());
    const auto jitter = std::min(settings_.refresh_jitter, settings_.refresh_at / 2);
    const auto percent = settings_.refresh_at - jitter * byte / 255;
    return std::max(ttl * percent / 100, std::chrono::seconds{1});
}

TurnCredentials TurnProvider::credentials_of(const TurnServer& server, const AttendeeId& attendee,
                                             std::chrono::seconds ttl) const {
    if (!server.is_ephemeral()) return {server.username, server.password};
    return mint_credentials(server.rotates ? book_.secret() : server.secrets.front(), attendee, host_.clock().now(),
                            ttl, host_.secrets());
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
        answer.marks |= mark_of(i);
        if (server.is_ephemeral()) answer.ttl = ttl;
        (request.occasion == IceOccasion::refresh ? counters_[i].refreshed : counters_[i].issued).add();
    }
    answer.refresh_after = refresh_after(answer.ttl);
    return answer;
}

}  // namespace televisit::turn
