#pragma once
/// Which TURN servers an attendee gets, and in what order.

#include <cstddef>
#include <string>
#include <vector>

#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/secrets.hpp"
#include "turn_server.hpp"

namespace televisit::turn {

/// Servers meant for the client's network come first, then those for everybody; servers for other networks only when
/// there is nothing else. Within each group an attendee always gets the same order, and over all attendees each server
/// comes first as often as its weight says (weighted rendezvous hashing: a server that is added or removed moves nobody
/// else).
std::vector<const TurnServer*> choose_servers(const std::vector<TurnServer>& servers, const AttendeeId& attendee,
                                              const std::string& client_address, std::size_t limit,
                                              const Secrets& secrets);

}  // namespace televisit::turn
