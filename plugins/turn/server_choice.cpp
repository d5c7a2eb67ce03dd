#include "server_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <tuple>

namespace televisit::turn {

namespace {

enum class Fit : std::uint8_t { own_network, everybody, other_network };

Fit fit_of(const TurnServer& server, const std::optional<Address>& client) {
    if (server.networks.empty()) return Fit::everybody;
    const bool own = client && std::any_of(server.networks.begin(), server.networks.end(),
                                           [&](const Network& network) { return network.contains(*client); });
    return own ? Fit::own_network : Fit::other_network;
}

/// Smaller is earlier. With u even on (0, 1), -ln(u)/weight is smallest with a chance in proportion to the weight.
double rank_of(const TurnServer& server, const AttendeeId& attendee, const Secrets& secrets) {
    const auto digest = secrets.sha256(attendee.str() + '\n' + server.name);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 6; ++i) bits = bits << 8 | digest[i];
    const double u = (static_cast<double>(bits) + 0.5) / static_cast<double>(1ULL << 48);
    return -std::log(u) / static_cast<double>(server.weight);
}

struct Candidate {
    Fit fit;
    Grade grade;
    std::int64_t distance;  ///< in steps
    double rank;
    std::size_t server;

    auto order() const { return std::tuple(fit, grade, distance, rank); }
};

template <class Is>
void keep_if_any(std::vector<Candidate>& candidates, Is is) {
    if (std::any_of(candidates.begin(), candidates.end(), is))
        std::erase_if(candidates, [&](const Candidate& one) { return !is(one); });
}

}  // namespace

std::vector<std::size_t> choose_servers(const std::vector<TurnServer>& servers,
                                        const std::vector<ServerCondition>& conditions, const AttendeeId& attendee,
                                        const std::string& client_address, std::size_t limit, const Secrets& secrets) {
    const auto client = parse_address(client_address);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < servers.size(); ++i)
        candidates.push_back({fit_of(servers[i], client), conditions.at(i).grade, conditions[i].latency / kLatencyStep,
                              rank_of(servers[i], attendee, secrets), i});
    keep_if_any(candidates, [](const Candidate& one) { return one.grade != Grade::down; });
    keep_if_any(candidates, [](const Candidate& one) { return one.fit != Fit::other_network; });
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.order() < b.order(); });
    std::vector<std::size_t> chosen;
    for (const auto& one : candidates)
        if (chosen.size() < limit) chosen.push_back(one.server);
    return chosen;
}

std::vector<std::string> usable_urls(const std::vector<IceUrl>& urls, const ServerCondition& condition) {
    std::vector<std::string> texts;
    for (const auto grade : {Grade::up, Grade::degraded, Grade::down}) {
        if (grade == Grade::down && !texts.empty()) break;
        for (std::size_t i = 0; i < urls.size(); ++i)
            if (condition.urls.at(i) == grade) texts.push_back(urls[i].text);
    }
    return texts;
}

}  // namespace televisit::turn
