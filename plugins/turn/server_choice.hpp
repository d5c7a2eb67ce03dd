#pragma once
/// Which TURN servers an attendee gets, and in what order.

#include <cstddef>
#include <string>
#include <vector>

#include "server_health.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/secrets.hpp"
#include "turn_server.hpp"

namespace televisit::turn {

/// Indices into `servers`, best first; `conditions` says how each of them is. Servers that are down are left out,
/// unless all are. Those meant for the client's network come first, then those for everybody; servers for other
/// networks only when there is nothing else. Then the healthy come before the degraded, and the near before the far, in
/// steps of `kLatencyStep`. Among equals an attendee always gets the same order, and over all attendees each server
/// comes first as often as its weight says (weighted rendezvous hashing: a server that is added or removed moves nobody
/// else).
std::vector<std::size_t> choose_servers(const std::vector<TurnServer>& servers,
                                        const std::vector<ServerCondition>& conditions, const AttendeeId& attendee,
                                        const std::string& client_address, std::size_t limit, const Secrets& secrets);

/// Servers that are no further apart than this share the load by their weights.
inline constexpr std::chrono::milliseconds kLatencyStep{50};

/// The URLs a browser gets: those that are not down, healthy ones first; all of them when all are down.
std::vector<std::string> usable_urls(const std::vector<IceUrl>& urls, const ServerCondition& condition);

}  // namespace televisit::turn
