#pragma once
/// What the operator of a server may see and do: all sessions, the rooms open here, and who is in them.
///
/// Reached over the admin socket alone; there is no caller to check. **Threads**: any worker, concurrently.
/// **Blocks**: to `context.deadline`. **Errors**: `not_found` for what is not there, `unavailable` when a store is
/// away.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::consult {

struct Parts;

/// A room that is open on this node.
struct OpenRoom {
    RoomId room;
    SessionId session;
    std::size_t people = 0;  ///< in the room, interrupted ones included, wherever they are connected
    std::size_t here = 0;    ///< of them, connected to this node
};

class Operations {
  public:
    explicit Operations(Parts& parts) : parts_(parts) {}

    /// In the order of room ids, those after `after` (empty: from the first), at most `limit`. Never blocks.
    std::vector<OpenRoom> rooms(const RoomId& after, std::size_t limit) const;
    /// The truth about a room, whichever node its people are connected to. Empty for one that nobody has entered yet.
    Result<RoomPresence> room(const RoomId& id, const CallContext& context) const;
    /// Puts somebody out, wherever they sit. Their access token opens the room no more; a new join does.
    /// **Errors**: `not_found` also when the session has no such attendee; `conflict` with `session_over`.
    Result<void> kick(const SessionId& session, const UserId& user, const CallContext& context) const;

    Result<std::vector<SessionRecord>> sessions(const SessionQuery& query, const CallContext& context) const;
    Result<SessionRecord> session(const SessionId& id, const CallContext& context) const;
    Result<std::vector<AttendeeRecord>> attendees(const SessionId& id, const CallContext& context) const;
    /// Idempotent. **Errors**: `conflict` when it was over in another way.
    Result<SessionRecord> end(const SessionId& id, const CallContext& context) const;
    /// Removes a session that is over, with everything that belongs to it. **Errors**: `conflict` with `not_over`.
    Result<void> erase(const SessionId& id, const CallContext& context) const;

  private:
    Parts& parts_;
};

}  // namespace televisit::consult
