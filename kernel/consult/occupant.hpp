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

/// Guarded by the room's mutex, but for what is const.
struct Occupant {
    Occupant(ConnectionKey connection, const Stay& of)
        : key(connection), attendee(of.attendee), self(member_of(of)), stay(of.id) {}

    const ConnectionKey key;
    const AttendeeId attendee;
    const Member self;
    StayId stay;      ///< another one when it had ended while its connection lived
    StayId former{};  ///< the one before, then
    bool seated = true;
    bool away = false;  ///< its connection is interrupted, but can still be told things and may come back
    std::optional<LeaveReason> lost{};  ///< why it is not seated any more, when it was not its connection that left
    bool open = false;                  ///< `joined_room` is on its way to it; until then what comes is held back
    std::unique_ptr<HeldBack> held{};   ///< when there is something
};

/// Shared with the seats, which outlive a place that was lost.
using Occupants = std::vector<std::shared_ptr<Occupant>>;

/// Who sits there now: nobody while the connection is away.
inline const Occupant* find_occupant(const Occupants& occupants, const StayId& stay) {
    const auto found = std::find_if(occupants.begin(), occupants.end(),
                                    [&](const auto& one) { return one->stay == stay && !one->away; });
    return found == occupants.end() ? nullptr : found->get();
}

}  // namespace televisit::consult
