#include "consult/visits.hpp"

#include <algorithm>

#include "consult/retention_plan.hpp"

namespace televisit::consult {
namespace {

std::string event_name(SessionStatus status) {
    std::string name = "session.";
    for (const char c : to_string(status)) name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return name;
}

std::string attendee_member(const AttendeeRecord& attendee) {
    return "\"attendee_id\":" + json_string(attendee.id.view());
}

/// Whoever ends a session closes its room right after. If the room is not known to be closed by then, others see to it.
constexpr std::chrono::seconds kClosingTakes{5};

/// Minutes times 100, rounded.
std::int64_t hundredths(Duration duration) {
    constexpr std::int64_t kMicrosEach = 600'000;
    return (std::max<std::int64_t>(duration.count(), 0) + kMicrosEach / 2) / kMicrosEach;
}

Error over() {
    return error(Errc::conflict, "session_over", "This consultation is over.");
}

}  // namespace

bool Visits::awaits_closing(const SessionRecord& session) {
    // What retention does comes days later.
    return session.due_at && *session.due_at <= ended_at(session) + kClosingTakes;
}

std::optional<Instant> Visits::due_at(const SessionRecord& session) const {
    if (is_over(session.status)) {
        const auto removal = next_removal(session, settings_.retention);
        return removal ? std::optional(removal->at) : std::nullopt;
    }
    const auto closes = closes_at(session);
    if (!session.seen_together || !session.empty_since) return closes;
    return std::min(closes, *session.empty_since + Duration(settings_.empty_room));
}

bool Visits::add(const Footprint& print, SessionRecord& session) {
    const auto before = session;
    session.doctor_seen |= print.doctor_seen;
    session.patient_seen |= print.patient_seen;
    session.seen_together |= print.seen_together;
    if (print.first_in && !session.actual_start) session.actual_start = print.first_in;
    if (session.actual_start && session.status == SessionStatus::scheduled) session.status = SessionStatus::active;
    // What is written late must not undo what another node has written since.
    if (print.occupied && session.empty_since && *print.occupied > *session.empty_since) session.empty_since.reset();
    if (print.emptied) session.empty_since = print.emptied;
    return before.doctor_seen != session.doctor_seen || before.patient_seen != session.patient_seen ||
           before.seen_together != session.seen_together || before.actual_start != session.actual_start ||
           before.status != session.status || before.empty_since != session.empty_since;
}

bool Visits::add(const Footprint::Steps& steps, AttendeeRecord& attendee) {
    const auto joined = attendee.joined_at;
    const auto left = attendee.left_at;
    if (steps.in && !attendee.joined_at) attendee.joined_at = steps.in;
    if (steps.out)
        attendee.left_at = std::max(attendee.left_at.value_or(*steps.out), *steps.out);
    else if (steps.last_in && attendee.left_at && *steps.last_in > *attendee.left_at)
        attendee.left_at.reset();
    return joined != attendee.joined_at || left != attendee.left_at;
}

Result<void> Visits::record(const SessionId& id, const Footprint& print, const CallContext& context) const {
    if (print.empty()) return {};
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        auto found = ports_.records.session(id, context);
        if (!found.ok()) return found.error();
        if (!*found || is_over((*found)->status)) return over();
        const auto batch = recording_batch(std::move(**found), print, context);
        if (!batch.ok()) return batch.error();
        if (batch->writes.empty()) return {};
        const auto committed = commits_.commit(*batch, context);
        if (!committed.ok()) return committed.error();
        if (*committed) return {};
    }
    return Commits::busy();
}

Result<RecordBatch> Visits::recording_batch(SessionRecord session, const Footprint& print,
                                            const CallContext& context) const {
    auto batch = commits_.batch();
    bool somebody_in = false;
    for (const auto& [user, steps] : print.people) {
        auto attendee = ports_.records.attendee(session.id, user, context);
        if (!attendee.ok()) return attendee.error();
        if (!*attendee || !add(steps, **attendee)) continue;
        somebody_in |= !(*attendee)->left_at;
        const auto expected = (*attendee)->version;
        (*attendee)->updated_at = batch.now;
        batch.events.push_back(Commits::event(steps.out ? "room.left" : "room.entered", batch.now, session.id,
                                              attendee_member(**attendee)));
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{std::move(**attendee), expected});
    }
    const auto was = session.status;
    // Whoever ends the session meanwhile must not miss somebody: so it changes with each who comes.
    if (!add(print, session) && !somebody_in) return batch;
    session.due_at = due_at(session);
    session.updated_at = batch.now;
    if (was != session.status) batch.events.push_back(Commits::event("session.active", batch.now, session.id));
    const auto expected = session.version;
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{std::move(session), expected});
    return batch;
}

RecordBatch Visits::finishing_batch(SessionRecord session, const Ending& ending, std::vector<AttendeeRecord> attendees,
                                    const std::vector<Stay>& present, const Footprint& print) const {
    auto batch = commits_.batch();
    const auto expected = session.version;
    std::int32_t took_part = 0;
    std::optional<Instant> last_out;
    for (auto& attendee : attendees) {
        bool changed = false;
        if (const auto steps = print.people.find(attendee.user); steps != print.people.end())
            changed = add(steps->second, attendee);
        for (const auto& stay : present)
            if (stay.user == attendee.user) changed |= add({stay.since, stay.since, batch.now}, attendee);
        if (attendee.joined_at && !attendee.left_at) {
            // Whoever saw this one leave has not come to writing it. In an empty room there was nobody since.
            const auto latest = std::min(session.empty_since.value_or(batch.now), closes_at(session));
            changed |= add({{}, {}, std::max(*attendee.joined_at, latest)}, attendee);
        }
        if (attendee.joined_at) ++took_part;
        if (attendee.left_at) last_out = std::max(last_out.value_or(*attendee.left_at), *attendee.left_at);
        if (!changed) continue;
        const auto version = attendee.version;
        attendee.updated_at = batch.now;
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{std::move(attendee), version});
    }
    session.status = ending.status;
    session.end_reason = ending.reason;
    session.closed_at = batch.now;
    session.actual_end = last_out;
    session.due_at = batch.now + kClosingTakes;
    session.empty_since.reset();
    session.updated_at = batch.now;
    if (ending.status != SessionStatus::cancelled) {
        const auto used = session.actual_start && last_out ? *last_out - *session.actual_start : Duration{0};
        batch.writes.emplace_back(
            MetricsRecord{ports_.secrets.uuid(), session.id, hundredths(used), took_part, batch.now});
    }
    batch.events.push_back(
        Commits::event(event_name(ending.status), batch.now, session.id, "\"reason\":" + json_string(ending.reason)));
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{std::move(session), expected});
    return batch;
}

Result<SessionRecord> Visits::room_closed(SessionRecord session, const CallContext& context) const {
    auto batch = commits_.batch();
    session.due_at = due_at(session);
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{session, session.version});
    const auto committed = commits_.commit(batch, context);
    if (!committed.ok()) return committed.error();
    if (!*committed) return Commits::busy();
    ++session.version;
    return session;
}

Result<SessionRecord> Visits::finish(const SessionId& id, const Decide& decide, const std::vector<Stay>& present,
                                     const Footprint& print, const CallContext& context) const {
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        auto found = ports_.records.session(id, context);
        if (!found.ok()) return found.error();
        if (!*found || is_over((*found)->status)) return over();
        auto session = **found;
        add(print, session);
        const auto ending = decide(session);
        if (!ending) return over();
        auto attendees = ports_.records.attendees(id, context);
        if (!attendees.ok()) return attendees.error();
        const auto batch = finishing_batch(std::move(session), *ending, std::move(*attendees), present, print);
        const auto committed = commits_.commit(batch, context);
        if (!committed.ok()) return committed.error();
        if (!*committed) continue;
        auto ended = std::get<VersionedWrite<SessionRecord>>(batch.writes.back());
        ended.record.version = ended.expected + 1;
        return ended.record;
    }
    return Commits::busy();
}

}  // namespace televisit::consult
