#pragma once
/// A connection's place in a room, as the room keeps it.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "consult/notice.hpp"
#include "consult/roster.hpp"

namespace televisit::consult {

/// What comes for a connection before it is told that it is in.
struct HeldBack {
    std::vector<NoticeContent> notices{};
    std::size_t bytes = 0;
};

/// Guarded by the room's mutex, but for what is const. First what every relay looks at.
struct Occupant {
    Occupant(ConnectionKey connection, const Stay& of)
        : key(connection), self(member_of(of)), attendee(of.attendee), stay(of.id) {}

    const ConnectionKey key;
    const Member self;
    bool seated = false;
    bool open = false;  ///< `joined_room` is on its way to it; until then what comes is held back
    bool away = false;  ///< its connection is interrupted, but can still be told things and may come back
    std::optional<LeaveReason> lost{};  ///< why it is not seated any more, when it was not its connection that left
    const AttendeeId attendee;
    StayId stay;                       ///< another one when it had ended while its connection lived
    StayId former{};                   ///< the one before, then
    std::unique_ptr<HeldBack> held{};  ///< when there is something
};

/// Those who are seated. Each belongs to its seat, which takes it out of here before it ends.
using Occupants = std::vector<Occupant*>;

/// Who sits there now: nobody while the connection is away.
inline const Occupant* find_occupant(const Occupants& occupants, const StayId& stay) {
    const auto found = std::find_if(occupants.begin(), occupants.end(),
                                    [&](const Occupant* one) { return one->stay == stay && !one->away; });
    return found == occupants.end() ? nullptr : *found;
}

}  // namespace televisit::consult
