#pragma once
/// What happens in rooms, as the records tell it: who came and went, when a visit began, and how it ended.

#include <functional>
#include <string>
#include <vector>

#include "consult/commits.hpp"
#include "consult/footprint.hpp"
#include "consult/ports.hpp"

namespace televisit::consult {

constexpr bool is_over(SessionStatus status) noexcept {
    return status != SessionStatus::scheduled && status != SessionStatus::active;
}

/// How a session ends.
struct Ending {
    SessionStatus status = SessionStatus::completed;
    std::string reason{};  ///< "ended", "cancelled", "window_closed", "room_empty"
};

/// **Threads**: any worker. **Blocks**: to the deadline.
class Visits {
  public:
    Visits(const Ports& ports, const Settings& settings) : ports_(ports), settings_(settings), commits_(ports) {}

    /// Writes what transitions of a room have left behind. Done twice it changes nothing. **Errors**: `conflict` with
    /// `session_over`: how a session ended is the last word on who was in and until when.
    Result<void> record(const SessionId& id, const Footprint& print, const CallContext& context) const;

    /// Looks at the session as it stands and says how it is to end, or nothing when it is not.
    using Decide = std::function<std::optional<Ending>(const SessionRecord&)>;
    /// Ends a session: status, usage and metrics row in one step. It stays due until `room_closed`. `present` are those
    /// in the room at this moment, `print` what has not been written yet. **Errors**: `conflict` with `session_over`
    /// when it is over already, or when `decide` answers nothing.
    Result<SessionRecord> finish(const SessionId& id, const Decide& decide, const std::vector<Stay>& present,
                                 const Footprint& print, const CallContext& context) const;

    /// Notes that the room of an ended session is closed: the clock has only its retention to see to.
    Result<SessionRecord> room_closed(SessionRecord session, const CallContext& context) const;

    /// Whether the room of a session that is over is still to be closed.
    static bool awaits_closing(const SessionRecord& session);

    Instant opens_at(const SessionRecord& session) const { return session.scheduled_start - settings_.join_early; }
    Instant closes_at(const SessionRecord& session) const { return session.scheduled_end + settings_.join_late; }
    /// When the clock next has something to do about it.
    std::optional<Instant> due_at(const SessionRecord& session) const;

  private:
    static bool add(const Footprint& print, SessionRecord& session);
    static bool add(const Footprint::Steps& steps, AttendeeRecord& attendee);
    Result<RecordBatch> recording_batch(SessionRecord session, const Footprint& print,
                                        const CallContext& context) const;
    RecordBatch finishing_batch(SessionRecord session, const Ending& ending, std::vector<AttendeeRecord> attendees,
                                const std::vector<Stay>& present, const Footprint& print) const;

    const Ports& ports_;
    const Settings& settings_;
    Commits commits_;
};

}  // namespace televisit::consult
