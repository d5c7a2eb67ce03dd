#pragma once
/// Who is in which room now, and the port of the stores that share it between nodes.
///
/// The truth about a room is one small value with a sequence number. It changes only by compare-and-set: whoever wins
/// has made the transition and tells of it; whoever loses looks again. Source: docs/protocol.md "Presence".

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// What somebody sends, as far as the others were told.
struct MediaState {
    bool audio = true;
    bool video = true;
    bool screen_share = false;
    friend bool operator==(const MediaState&, const MediaState&) = default;
};

enum class StayState : std::uint8_t { joined, interrupted };

constexpr std::string_view to_string(StayState state) noexcept {
    return state == StayState::joined ? "joined" : "interrupted";
}

/// One presence of one attendee, from `joined` to `left`.
struct Stay {
    StayId id;
    AttendeeId attendee;
    UserId user;
    PeerId peer;
    NodeId node;  ///< where its socket is
    Role role = Role::guest;
    StayState state = StayState::joined;
    MediaState media{};
    std::int64_t token_number = 0;  ///< of the access token that it entered with
    Instant since{};
    Instant interrupted_at{};  ///< while `interrupted`
    friend bool operator==(const Stay&, const Stay&) = default;
};

/// Why somebody is not in a room any more; the `reason` of `user_left`.
enum class LeaveReason : std::uint8_t {
    left,
    disconnected,
    grace_ended,
    rejoined,
    replaced,
    revoked,
    kicked,
    session_over,
    room_full,  ///< back too late, when others had the seats
};

constexpr std::string_view to_string(LeaveReason reason) noexcept {
    switch (reason) {
        case LeaveReason::left:
            return "left";
        case LeaveReason::disconnected:
            return "disconnected";
        case LeaveReason::grace_ended:
            return "grace_ended";
        case LeaveReason::rejoined:
            return "rejoined";
        case LeaveReason::replaced:
            return "replaced";
        case LeaveReason::revoked:
            return "revoked";
        case LeaveReason::kicked:
            return "kicked";
        case LeaveReason::session_over:
            return "session_over";
        case LeaveReason::room_full:
            return "room_full";
    }
    return "left";
}

/// A stay that is over.
struct Departure {
    StayId stay;
    AttendeeId attendee;
    NodeId node;  ///< where its socket was in the end
    LeaveReason reason = LeaveReason::left;
    friend bool operator==(const Departure&, const Departure&) = default;
};

/// The whole truth about one room. A room nobody has entered has `seq` 0, no stays, and is not closed.
struct RoomPresence {
    RoomId room;
    std::uint64_t seq = 0;  ///< counts transitions
    bool closed = false;    ///< the consultation is over: a tombstone that lets nobody in
    std::vector<Stay> stays{};
    Instant expires_at{};                 ///< from then on a store may forget the room
    std::vector<Departure> departures{};  ///< the latest, in order: for servers that were not told of a step
    std::string end_reason{};             ///< how the consultation ended, once `closed`
    friend bool operator==(const RoomPresence&, const RoomPresence&) = default;
};

/// A truth once it is one: it never changes, so whoever keeps it shares it. Never null.
using Truth = std::shared_ptr<const RoomPresence>;

/// The outcome of one compare-and-set.
struct PresenceStep {
    bool won = false;
    Truth current;  ///< after the step, whoever made it
};

struct NodeLease {
    NodeId node;
    Instant until{};
};

/// **Threads**: any worker, concurrently. **Blocks**: to `context.deadline`.
/// **Errors**: `unavailable`, `timeout` (load again to see what became of the step).
class PresenceStore {
  public:
    static constexpr std::string_view kCapability = "televisit.presence/1";
    virtual ~PresenceStore() = default;

    virtual Result<Truth> load(const RoomId& room, const CallContext& context) = 0;
    /// Puts `next` in the place of the truth whose `seq` is `next->seq - 1`; otherwise changes nothing and tells what
    /// stands.
    virtual Result<PresenceStep> replace(const Truth& next, const CallContext& context) = 0;
    /// Rooms in which that node has stays.
    virtual Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) = 0;

    /// Keeps a node alive until then; every node renews its own.
    virtual Result<void> renew_lease(const NodeLease& lease, const CallContext& context) = 0;
    virtual Result<std::vector<NodeLease>> leases(const CallContext& context) = 0;
    virtual Result<void> drop_lease(const NodeId& node, const CallContext& context) = 0;
};

}  // namespace televisit
