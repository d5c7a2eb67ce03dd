/// How sessions end, by somebody's wish or by the clock, and what becomes of them then.
#include <utility>

#include "consult/sessions.hpp"

namespace televisit::consult {

Result<SessionRecord> Sessions::cancel(const Identity& caller, const SessionId& id, const CallContext& context) const {
    auto session = find_to_manage(caller, id, context);
    if (!session.ok()) return session.error();
    if (session->status == SessionStatus::cancelled) return session;
    if (session->status != SessionStatus::scheduled) return wrong_state();
    auto done = finish(
        *session,
        [](const SessionRecord& now) {
            return now.status == SessionStatus::scheduled ? std::optional(Ending{SessionStatus::cancelled, "cancelled"})
                                                          : std::nullopt;
        },
        {}, context);
    if (!done.ok() && done.error().code == Errc::conflict) return wrong_state();
    return done;
}

Result<SessionRecord> Sessions::end(const Identity& caller, const SessionId& id, const CallContext& context) const {
    auto session = find_to_manage(caller, id, context);
    if (!session.ok()) return session.error();
    return end(std::move(*session), context);
}

Result<SessionRecord> Sessions::end(SessionRecord session, const CallContext& context) const {
    if (session.status == SessionStatus::completed) return session;
    if (is_over(session.status)) return session_over();
    const auto present = parts_.rooms.present(session.room_id, context);
    return finish(
        session,
        [](const SessionRecord&) {
            return std::optional(Ending{SessionStatus::completed, "ended"});
        },
        present, context);
}

Result<SessionRecord> Sessions::finish(const SessionRecord& session, const Visits::Decide& decide,
                                       const std::vector<Stay>& present, const CallContext& context) const {
    auto print = parts_.rooms.take_footprint(session.room_id);
    auto done = parts_.visits.finish(session.id, decide, present, print, context);
    if (!done.ok()) {
        parts_.rooms.give_back_footprint(session.room_id, std::move(print));
        return done;
    }
    parts_.ports.logger.info(
        "session over",
        {{"session", done->id.view()}, {"status", to_string(done->status)}, {"reason", done->end_reason}});
    return close_room(std::move(*done), context);
}

SessionRecord Sessions::close_room(SessionRecord session, const CallContext& context) const {
    if (!parts_.rooms.close(session, context)) return session;  // the clock will see to it
    auto closed = parts_.visits.room_closed(session, context);
    return closed.ok() ? std::move(*closed) : std::move(session);
}

Result<void> Sessions::leave(const Identity& caller, const SessionId& id, const CallContext& context) const {
    const auto seen = find(caller, id, context);
    if (!seen.ok()) return seen.error();
    if (!takes_part(seen->part)) return error(Errc::forbidden, "not_a_participant", "You have no part in this visit.");
    const auto attendee = parts_.ports.records.attendee(id, caller.user, context);
    if (!attendee.ok()) return attendee.error();
    if (!*attendee || is_over(seen->session.status)) return {};
    return parts_.rooms.put_out(seen->session, (*attendee)->id, LeaveReason::left, context);
}

Result<bool> Sessions::erase(const SessionRecord& session, const CallContext& context) const {
    if (!is_over(session.status))
        return error(Errc::conflict, "not_over", "This consultation is not over. End or cancel it first.");
    // Nothing would close the room of a session that is not there any more.
    if (Visits::awaits_closing(session) && !parts_.rooms.close(session, context)) return Commits::busy();
    auto erased = parts_.retention.erase(session, context);
    if (erased.ok() && *erased) parts_.ports.logger.info("session erased", {{"session", session.id.view()}});
    return erased;
}

Result<void> Sessions::run_due(const CallContext& context) const {
    constexpr std::size_t kAtOnce = 100;
    constexpr int kPages = 10;
    std::optional<std::pair<SessionId, Version>> first;
    Result<void> outcome;
    for (int page = 0; page < kPages; ++page) {
        const auto due = parts_.ports.records.due(parts_.ports.clock.now(), kAtOnce, context);
        if (!due.ok()) return due.error();
        for (const auto& session : *due) {
            const auto done = run_due(session, context);
            if (done || done.error().code == Errc::conflict) continue;
            outcome = done;
            // Stores that are away are away for the others, too; any other fault is this session's own.
            const auto code = done.error().code;
            if (code == Errc::unavailable || code == Errc::timeout) return outcome;
        }
        // What comes due all at once must not keep visits waiting that end now; what cannot be done waits itself.
        if (due->size() < kAtOnce) return outcome;
        const auto leader = std::pair(due->front().id, due->front().version);
        if (std::exchange(first, leader) == leader) return outcome;
    }
    return outcome;
}

Result<void> Sessions::run_due(const SessionRecord& session, const CallContext& context) const {
    if (is_over(session.status)) {
        if (!Visits::awaits_closing(session)) return parts_.retention.run(session, context);
        close_room(session, context);
        return {};
    }
    const auto now = parts_.ports.clock.now();
    const auto closes = parts_.visits.closes_at(session);
    // Asked of the session as it stands when it is written, which may be another than the one that was due.
    const Visits::Decide decide = [&](const SessionRecord& current) -> std::optional<Ending> {
        if (now >= parts_.visits.closes_at(current)) {
            const auto status = current.doctor_seen && current.patient_seen   ? SessionStatus::completed
                                : current.doctor_seen || current.patient_seen ? SessionStatus::no_show
                                                                              : SessionStatus::expired;
            return Ending{status, "window_closed"};
        }
        const auto when = parts_.visits.due_at(current);
        if (when && now >= *when) return Ending{SessionStatus::completed, "room_empty"};
        return std::nullopt;
    };
    const auto room = parts_.rooms.look(session.room_id, context);
    if (!room.ok()) return room.error();
    const auto& stays = (*room)->stays;
    if (now >= closes || stays.empty()) {
        const auto done = finish(session, decide, stays, context);
        if (done.ok()) return {};
        if (done.error().code != Errc::conflict) return done.error();
        if (now >= closes) return {};
    }
    // Somebody is back, or the configuration says other times than when this was written: look again later.
    auto batch = parts_.commits.batch();
    auto later = session;
    if (!stays.empty()) later.empty_since.reset();
    later.due_at = parts_.visits.due_at(later);
    if (later.due_at == session.due_at) return {};
    later.updated_at = batch.now;
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{later, session.version});
    const auto committed = parts_.commits.commit(batch, context);
    return committed.ok() ? Result<void>{} : Result<void>(committed.error());
}

}  // namespace televisit::consult
