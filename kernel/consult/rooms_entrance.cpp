/// Who enters a room, and who is put out of it.
#include <algorithm>
#include <utility>

#include "consult/rooms.hpp"
#include "consult/seat.hpp"

namespace televisit::consult {
namespace {

Error link_down() {
    auto failure = error(Errc::unavailable, "backplane_down", "The server is not ready. Please try again.");
    failure.retry_after = std::chrono::seconds{1};
    return failure;
}

Error left_meanwhile() {
    return error(Errc::conflict, "not_in_room", "You have left the room meanwhile.");
}

}  // namespace

Result<Entered> Rooms::enter(const SessionRecord& session, const AttendeeRecord& attendee, ConnectionKey connection,
                             const CallContext& context) {
    if (!link_up_) return link_down();
    const auto opened = open(session.room_id, session.id, false);
    if (!opened.ok()) return opened.error();
    const auto& room = *opened;
    room->step.closes_at = visits_.closes_at(session);
    const Turn turn(room->turnstile(), context.deadline);
    if (!turn) return Commits::busy();
    if (const auto seated = room->stay_of(connection)) {
        if (seated->attendee != attendee.id)
            return error(Errc::conflict, "already_seated", "This connection is in the room as somebody else.");
        if (seated->token_number == attendee.token_number) return Entered{nullptr, member_of(*seated), room->members()};
    }
    const auto admits = [&](RoomPresence& next) { return admit(next, session, attendee); };
    auto made = steps_.seat(*room, connection, admits, context);
    if (!made.ok()) {
        if (room->step.uncertain) want_settle(room);
        return made.error();
    }
    room->wait_delivered(context.deadline);
    // What is acknowledged is on record: the end of the session counts who was in.
    if (auto written = steps_.write_entering(*room, made->print, context); !written) {
        back_out(*made->seat, room, written.error(), context);
        return written.error();
    }
    if (room->has_left(made->seat->occupant())) return left_meanwhile();
    auto self = made->seat->self();
    return Entered{std::move(made->seat), std::move(self), std::move(made->participants)};
}

void Rooms::back_out(Seat& newcomer, const std::shared_ptr<Room>& room, const Error& failure,
                     const CallContext& context) {
    newcomer.connection_lost();
    if (failure.code != Errc::conflict) return;
    // The session ended while somebody entered whom its tombstone came too late for.
    const auto session = ports_.records.session(room->session(), context);
    if (session.ok() && *session) room->close((*session)->end_reason);
    want_settle(room);
}

Result<StayId> Rooms::admit(RoomPresence& next, const SessionRecord& session, const AttendeeRecord& attendee) const {
    if (next.closed) return error(Errc::conflict, "session_over", "This consultation is over.");
    if (auto* mine = find_attendee(next.stays, attendee.id)) {
        if (mine->token_number > attendee.token_number)
            return error(Errc::unauthenticated, "invalid_token", "This access token is not valid any more.");
        if (mine->token_number == attendee.token_number) {
            mine->node = settings_.node;
            mine->state = StayState::joined;
            mine->interrupted_at = {};
            return mine->id;
        }
        end_stay(next, mine->id, LeaveReason::rejoined);
    }
    if (!has_seat(next.stays, attendee.role, session.max_participants))
        return error(Errc::conflict, "room_full", "The room is full.");
    return next.stays.emplace_back(new_stay(attendee)).id;
}

Stay Rooms::new_stay(const AttendeeRecord& attendee) const {
    Stay stay;
    stay.id = world_->new_stay_id();
    stay.attendee = attendee.id;
    stay.user = attendee.user;
    stay.peer = attendee.peer_id;
    stay.role = attendee.role;
    stay.node = settings_.node;
    stay.token_number = attendee.token_number;
    stay.since = ports_.clock.now();
    return stay;
}

Result<void> Rooms::put_out(const SessionRecord& session, const AttendeeId& attendee, LeaveReason reason,
                            const CallContext& context, std::int64_t up_to_token) {
    if (const auto here = find(session.room_id)) here->put_out(attendee, up_to_token, reason);
    const auto opened = open(session.room_id, session.id, true);
    if (!opened.ok()) return opened.error();
    const auto& room = *opened;
    const Turn turn(room->turnstile(), context.deadline);
    if (!turn) return Commits::busy();
    room->forget_truth();  // news of them may be on the way
    const auto without = [&](RoomPresence& next) -> Result<void> {
        if (const auto* stay = find_attendee(next.stays, attendee)) {
            if (stay->token_number <= up_to_token) end_stay(next, stay->id, reason);
        } else if (auto* last = last_departure(next, attendee); last && last->reason == LeaveReason::grace_ended) {
            last->reason = reason;  // they do not come back
        }
        return {};
    };
    auto made = steps_.make(*room, without, context);
    room->wait_delivered(context.deadline);
    if (!made) {
        want_settle(room);
        return made;
    }
    if (!steps_.write_footprint(*room, context)) want_settle(room);
    return {};
}

bool Rooms::close(const SessionRecord& session, const CallContext& context) {
    const auto opened = open(session.room_id, session.id, true);
    if (!opened.ok()) return false;
    const auto& room = *opened;
    room->step.closes_at = visits_.closes_at(session);
    room->close(session.end_reason);
    room->take_footprint();  // the ending of the session has told it
    const bool settled = settle(room, context);
    room->wait_delivered(context.deadline);
    return settled;
}

}  // namespace televisit::consult
