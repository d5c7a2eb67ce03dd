#include "server_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

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
    double rank;
    const TurnServer* server;
};

}  // namespace

std::vector<const TurnServer*> choose_servers(const std::vector<TurnServer>& servers, const AttendeeId& attendee,
                                              const std::string& client_address, std::size_t limit,
                                              const Secrets& secrets) {
    const auto client = parse_address(client_address);
    std::vector<Candidate> candidates;
    for (const auto& server : servers)
        candidates.push_back({fit_of(server, client), rank_of(server, attendee, secrets), &server});
    const bool any_fits = std::any_of(candidates.begin(), candidates.end(),
                                      [](const Candidate& one) { return one.fit != Fit::other_network; });
    if (any_fits) std::erase_if(candidates, [](const Candidate& one) { return one.fit == Fit::other_network; });
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::pair(a.fit, a.rank) < std::pair(b.fit, b.rank);
    });
    std::vector<const TurnServer*> chosen;
    for (const auto& one : candidates)
        if (chosen.size() < limit) chosen.push_back(one.server);
    return chosen;
}

}  // namespace televisit::turn
