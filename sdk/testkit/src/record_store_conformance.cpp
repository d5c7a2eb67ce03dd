#include "televisit/testkit/record_store_conformance.hpp"

#include <set>

#include "record_caller.hpp"
#include "record_conformance_parts.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

void keeps_every_field(RecordCaller& call) {
    auto session = some_session("a");
    session.status = SessionStatus::active;
    session.actual_start = kSomeTime + 1us;
    session.empty_since = kSomeTime + 2us;
    session.closed_at = kSomeTime + 4us;
    session.doctor_seen = session.seen_together = true;
    session.names_removed = session.device_information_removed = true;
    session.end_reason = hostile_text();
    session.token_generation = 3;
    session.max_participants = 8;
    auto attendee = some_attendee(session.id, "i-1");
    attendee.invitation = InvitationId("invitation-a");
    attendee.joined_at = kSomeTime + 3us;
    attendee.left_at = kSomeTime - std::chrono::hours{24 * 365 * 60};
    auto invitation = some_invitation(session.id, "a");
    call.expect(call.write({VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                            VersionedWrite<InvitationRecord>{invitation, 0}}),
                "records of a new session are committed together");
    session.version = attendee.version = invitation.version = 1;
    const auto kept = call.session(session.id);
    call.expect(kept && same(*kept, session), "a session comes back as it was written");
    const auto person = call.read(call.store().attendee(session.id, attendee.user, call.context()), "attendee");
    call.expect(person && same(*person, attendee), "an attendee comes back as it was written");
    const auto way_in = call.read(call.store().invitation(invitation.id, call.context()), "invitation");
    call.expect(way_in && same(*way_in, invitation), "an invitation comes back as it was written");

    session.actual_start.reset();
    session.empty_since.reset();
    session.due_at.reset();
    session.closed_at.reset();
    session.names_removed = session.device_information_removed = false;
    session.metadata_removed = true;
    session.appointment_id.clear();
    call.expect(call.write({VersionedWrite<SessionRecord>{session, 1}}), "a session is written again");
    session.version = 2;
    const auto emptied = call.session(session.id);
    call.expect(emptied && same(*emptied, session), "what is emptied comes back empty");
}

void absent_is_no_error(RecordCaller& call) {
    call.expect(!call.session(SessionId("none")), "an absent session is empty");
    call.expect(!call.read(call.store().session_by_room(RoomId("none"), call.context()), "session_by_room"),
                "an absent room is empty");
    call.expect(!call.read(call.store().attendee(SessionId("none"), UserId("x"), call.context()), "attendee"),
                "an absent attendee is empty");
    call.expect(call.read(call.store().attendees(SessionId("none"), call.context()), "attendees").empty(),
                "an absent session has no attendees");
    call.expect(!call.read(call.store().session_by_token("", call.context()), "session_by_token"),
                "an empty token finds no session");
    call.expect(!call.read(call.store().attendee_by_token("", call.context()), "attendee_by_token"),
                "an empty token finds no attendee");
    call.expect(!call.read(call.store().metrics(SessionId("none"), call.context()), "metrics"),
                "an absent session has no metrics");
}

void all_or_nothing(RecordCaller& call) {
    call.add(some_session("a"));
    const auto outcome = call.commit(call.batch(
        {VersionedWrite<SessionRecord>{some_session("b"), 0}, VersionedWrite<SessionRecord>{some_session("a"), 0}},
        {{0, "session.created", kSomeTime, SessionId("session-b"), "{}"}}));
    call.expect(!outcome.committed, "a batch with one bad write is refused");
    call.expect(outcome.refused == 1, "the first refused write is named");
    call.expect(!call.session(SessionId("session-b")), "nothing of a refused batch is kept");
    call.expect(call.read(call.store().events(0, 10, call.context()), "events").empty(),
                "no event of a refused batch is kept");
}

void versions(RecordCaller& call) {
    auto session = some_session("a");
    call.expect(!call.write({VersionedWrite<SessionRecord>{session, 1}}), "a first write with a version is refused");
    call.expect(call.add(session), "a first write is committed");
    call.expect(!call.add(session), "a second first write is refused");
    session.end_reason = "changed";
    call.expect(call.write({VersionedWrite<SessionRecord>{session, 1}}),
                "a write from the current version is committed");
    call.expect(!call.write({VersionedWrite<SessionRecord>{session, 1}}), "a write from a stale version is refused");
    const auto kept = call.session(session.id);
    call.expect(kept && kept->version == 2 && kept->end_reason == "changed", "versions count the writes");

    const auto attendee = some_attendee(session.id, "i-1");
    call.expect(call.write({VersionedWrite<AttendeeRecord>{attendee, 0}}), "an attendee is written");
    call.expect(!call.write({VersionedWrite<AttendeeRecord>{attendee, 2}}), "an attendee's future version is refused");
    call.expect(call.write({VersionedWrite<AttendeeRecord>{attendee, 1}}), "an attendee is written again");
    const auto invitation = some_invitation(session.id, "a");
    call.expect(call.write({VersionedWrite<InvitationRecord>{invitation, 0}}), "an invitation is written");
    call.expect(!call.write({VersionedWrite<InvitationRecord>{invitation, 0}}), "an invitation is written once");
}

void unique_keys(RecordCaller& call) {
    call.add(some_session("a"));
    auto same_room = some_session("b");
    same_room.room_id = RoomId("room-a");
    call.expect(!call.add(same_room), "two sessions cannot have one room");
    const SessionId session("session-a");
    call.expect(call.write({VersionedWrite<AttendeeRecord>{some_attendee(session, "i-1"), 0}}),
                "an attendee is written");
    auto again = some_attendee(session, "i-1");
    again.id = AttendeeId("another");
    again.access_token = "another-hash";
    call.expect(!call.write({VersionedWrite<AttendeeRecord>{again, 0}}), "one person is one attendee of a session");
    const MetricsRecord metrics{"metrics-1", session, 150, 2, kSomeTime};
    call.expect(call.write({metrics}), "metrics are written");
    call.expect(!call.write({MetricsRecord{"metrics-2", session, 1, 1, kSomeTime}}),
                "a session has one row of metrics");
    const IdempotencyRecord key{"key", "body", session, kSomeTime + 24h};
    call.expect(call.write({key}), "an idempotency key is written");
    call.expect(!call.write({key}), "an idempotency key is written once");
    call.expect(!call.write({IdempotencyRecord{"twice", "", session, kSomeTime + 1h},
                             IdempotencyRecord{"twice", "", session, kSomeTime + 1h}}),
                "a key is unique within a batch, too");
}

void operations(RecordCaller& call) {
    auto session = some_session("a");
    const auto first =
        call.batch({VersionedWrite<SessionRecord>{session, 0}}, {{0, "session.created", kSomeTime, session.id, "{}"}});
    call.expect(call.commit(first).committed, "a batch is committed");
    call.expect(call.commit(first).committed, "the same batch again has the outcome of the first time");
    call.expect(call.session(session.id)->version == 1, "and changes nothing");
    call.expect(call.read(call.store().events(0, 10, call.context()), "events").size() == 1, "and tells nothing");
    call.expect(call.read(call.store().was_committed(first.operation, call.context()), "was_committed"),
                "a committed operation is remembered");
    const auto refused = call.batch({VersionedWrite<SessionRecord>{session, 0}});
    call.expect(!call.commit(refused).committed, "a stale batch is refused");
    call.expect(!call.read(call.store().was_committed(refused.operation, call.context()), "was_committed"),
                "a refused operation was not committed");
}

void found_by_tokens(RecordCaller& call) {
    auto session = some_session("a");
    auto attendee = some_attendee(session.id, "i-1");
    auto invitation = some_invitation(session.id, "a");
    call.write({VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                VersionedWrite<InvitationRecord>{invitation, 0}});
    const auto by_room = call.read(call.store().session_by_room(session.room_id, call.context()), "session_by_room");
    call.expect(by_room && by_room->id == session.id, "a session is found by its room");
    for (const auto& token : {session.doctor_token, session.patient_token}) {
        const auto found = call.read(call.store().session_by_token(token, call.context()), "session_by_token");
        call.expect(found && found->id == session.id, "a session is found by its tokens");
    }
    const auto way_in = call.read(call.store().invitation_by_token(invitation.token, call.context()), "by token");
    call.expect(way_in && way_in->id == invitation.id, "an invitation is found by its token");
    const auto old_token = attendee.access_token;
    attendee.access_token = "newer";
    call.write({VersionedWrite<AttendeeRecord>{attendee, 1}});
    call.expect(!call.read(call.store().attendee_by_token(old_token, call.context()), "attendee_by_token"),
                "an attendee is not found by an older token");
    const auto person = call.read(call.store().attendee_by_token("newer", call.context()), "attendee_by_token");
    call.expect(person && person->id == attendee.id, "an attendee is found by the latest token");
    call.expect(!call.read(call.store().session_by_token("newer", call.context()), "session_by_token"),
                "an access token finds no session");
}

void filters(RecordCaller& call) {
    auto a = some_session("a");
    auto b = some_session("b");
    b.doctor_id = UserId("d-2");
    b.status = SessionStatus::cancelled;
    b.created_at += 1us;
    auto c = some_session("c");
    c.patient_id = UserId("p-2");
    c.scheduled_start += 24h;
    c.created_at += 2us;
    for (const auto& session : {a, b, c}) call.add(session);
    using Ids = std::vector<std::string>;
    SessionQuery query;
    call.expect(call.ids(query) == Ids{"session-c", "session-b", "session-a"}, "all, newest first");
    query.doctor_id = UserId("d-1");
    call.expect(call.ids(query) == Ids{"session-c", "session-a"}, "by doctor");
    query.patient_id = UserId("p-1");
    call.expect(call.ids(query) == Ids{"session-a"}, "by doctor and patient");
    query = {};
    query.participant = UserId("d-2");
    call.expect(call.ids(query) == Ids{"session-b"}, "by participant who is a doctor");
    query.participant = UserId("p-2");
    call.expect(call.ids(query) == Ids{"session-c"}, "by participant who is a patient");
    query = {};
    query.status = SessionStatus::scheduled;
    call.expect(call.ids(query) == Ids{"session-c", "session-a"}, "by status");
    query = {};
    query.from = kSomeTime;
    query.to = c.scheduled_start;
    call.expect(call.ids(query) == Ids{"session-b", "session-a"}, "from is included, to is not");
}

void pages(RecordCaller& call) {
    std::set<std::string> expected;
    for (int i = 0; i < 25; ++i) {
        auto session = some_session(std::to_string(i));
        session.created_at += std::chrono::microseconds{i / 3};  // some at the same moment
        call.add(session);
        expected.insert(session.id.str());
    }
    std::vector<std::string> seen;
    SessionQuery query;
    query.limit = 4;
    for (int inserted = 100;; ++inserted) {
        const auto page = call.read(call.store().sessions(query, call.context()), "sessions");
        if (page.empty()) break;
        call.expect(page.size() <= query.limit, "a page is not longer than its limit");
        for (const auto& session : page)
            if (expected.contains(session.id.str())) seen.push_back(session.id.str());
        query.after = std::pair(page.back().created_at, page.back().id);
        auto newer = some_session(std::to_string(inserted));
        newer.created_at += 1h;
        call.add(newer);
        if (seen.size() > expected.size()) break;
    }
    call.expect(seen.size() == expected.size() && std::set(seen.begin(), seen.end()) == expected,
                "paging has neither gap nor repetition while others insert");
}

void due(RecordCaller& call) {
    for (int i = 0; i < 4; ++i) {
        auto session = some_session(std::to_string(i));
        session.due_at = kSomeTime + std::chrono::minutes{(i * 3) % 4};
        if (i == 3) session.due_at.reset();
        call.add(session);
    }
    const auto found = [&](Instant now, std::size_t limit) {
        std::vector<std::string> ids;
        for (const auto& session : call.read(call.store().due(now, limit, call.context()), "due"))
            ids.push_back(session.id.str());
        return ids;
    };
    using Ids = std::vector<std::string>;
    call.expect(found(kSomeTime - 1us, 10).empty(), "nothing is due before its time");
    call.expect(found(kSomeTime + 2min, 10) == Ids{"session-0", "session-2"}, "what is due comes in the order of time");
    call.expect(found(kSomeTime + 1h, 1) == Ids{"session-0"}, "no more than wanted");
    auto done = some_session("0");
    done.due_at.reset();
    call.write({VersionedWrite<SessionRecord>{done, 1}});
    call.expect(found(kSomeTime + 1h, 10) == Ids{"session-2", "session-1"}, "what is done is due no more");
}

void belongings(RecordCaller& call) {
    const auto session = some_session("a");
    call.add(session);
    call.write({VersionedWrite<AttendeeRecord>{some_attendee(session.id, "i-1"), 0},
                VersionedWrite<AttendeeRecord>{some_attendee(session.id, "i-2"), 0},
                VersionedWrite<InvitationRecord>{some_invitation(session.id, "a"), 0},
                MetricsRecord{"metrics-1", session.id, 12'345, 3, kSomeTime}});
    for (int i = 0; i < 3; ++i)
        call.write(
            {QualityRecord{session.id, AttendeeId("x"), kSomeTime + std::chrono::seconds{i}, std::to_string(i)}});
    call.expect(call.read(call.store().attendees(session.id, call.context()), "attendees").size() == 2,
                "a session has its attendees");
    call.expect(call.read(call.store().invitations(session.id, call.context()), "invitations").size() == 1,
                "a session has its invitations");
    const auto metrics = call.read(call.store().metrics(session.id, call.context()), "metrics");
    call.expect(metrics && metrics->session_duration_hundredths == 12'345 && metrics->total_participants == 3 &&
                    metrics->id == "metrics-1" && metrics->created_at == kSomeTime,
                "metrics come back as they were written");
    const auto samples = call.read(call.store().quality(session.id, 2, call.context()), "quality");
    call.expect(samples.size() == 2 && samples[0].sample == "1" && samples[1].sample == "2",
                "the latest quality samples come in the order of their adding");
}

void removing_samples(RecordCaller& call) {
    for (const auto* name : {"a", "b"}) {
        const auto session = some_session(name);
        call.add(session);
        call.write({QualityRecord{session.id, AttendeeId("x"), kSomeTime, "1"},
                    QualityRecord{session.id, AttendeeId("y"), kSomeTime, "2"}});
    }
    auto session = some_session("a");
    session.device_information_removed = true;
    const auto samples = [&](const char* id) {
        return call.read(call.store().quality(SessionId(id), 10, call.context()), "quality").size();
    };
    call.expect(!call.write({QualityRemoval{session.id}, VersionedWrite<SessionRecord>{session, 7}}),
                "samples are removed only with all of their batch");
    call.expect(samples("session-a") == 2, "those of a refused batch stay");
    call.expect(call.write({QualityRemoval{session.id}, VersionedWrite<SessionRecord>{session, 1}}),
                "samples are removed with a change of their session");
    call.expect(samples("session-a") == 0, "removed samples are gone");
    call.expect(samples("session-b") == 2, "those of other sessions stay");
    call.expect(call.write({QualityRemoval{session.id}}), "there need not be any");
}

void idempotency(RecordCaller& call) {
    call.add(some_session("a"));
    const SessionId session("session-a");
    call.write({IdempotencyRecord{"key", "body", session, kSomeTime + 1h}});
    const auto read = [&](Instant now) {
        return call.read(call.store().idempotency("key", now, call.context()), "idempotency");
    };
    const auto known = read(kSomeTime);
    call.expect(known && known->body_hash == "body" && known->session == session, "a key gives what it was used for");
    call.expect(!read(kSomeTime + 1h), "an expired key is absent");
    auto later = call.batch({IdempotencyRecord{"key", "other", session, kSomeTime + 3h}});
    later.now = kSomeTime + 2h;
    call.expect(call.commit(later).committed, "an expired key may be used again");
    const auto renewed = read(kSomeTime + 2h);
    call.expect(renewed && renewed->body_hash == "other", "and then means what it was used for last");
}

void outbox(RecordCaller& call) {
    for (int i = 0; i < 5; ++i)
        call.commit(call.batch({VersionedWrite<SessionRecord>{some_session(std::to_string(i)), 0}},
                               {{0, "first." + std::to_string(i), kSomeTime, SessionId("s"), R"({"n":1})"},
                                {0, "second." + std::to_string(i), kSomeTime + 1us, SessionId("s"), "{}"}}));
    std::vector<std::string> types;
    std::uint64_t cursor = 0;
    for (;;) {
        const auto events = call.read(call.store().events(cursor, 3, call.context()), "events");
        if (events.empty() || types.size() > 10) break;
        for (const auto& event : events) {
            call.expect(event.cursor > cursor, "cursors grow");
            cursor = event.cursor;
            types.push_back(event.type);
            call.expect(event.session.str() == "s" && event.payload.starts_with('{'), "events keep their content");
        }
    }
    call.expect(types.size() == 10 && types.front() == "first.0" && types.back() == "second.4",
                "every event is read once, in the order of commits");
}

void erasing(RecordCaller& call) {
    const auto session = some_session("a");
    auto attendee = some_attendee(session.id, "i-1");
    const auto invitation = some_invitation(session.id, "a");
    call.add(some_session("b"));
    call.commit(call.batch(
        {VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
         VersionedWrite<InvitationRecord>{invitation, 0}, MetricsRecord{"metrics-1", session.id, 1, 1, kSomeTime},
         QualityRecord{session.id, attendee.id, kSomeTime, "{}"}},
        {{0, "session.created", kSomeTime, session.id, "{}"}}));
    call.write({IdempotencyRecord{"key", "body", session.id, kSomeTime + 1h}});
    call.expect(!call.write({SessionRemoval{session.id, 2}}), "a removal from another version is refused");
    call.expect(call.session(session.id).has_value(), "and changes nothing");
    const auto removal =
        call.batch({SessionRemoval{session.id, 1}}, {{0, "session.erased", kSomeTime, session.id, "{}"}});
    call.expect(call.commit(removal).committed, "a removal from the current version is committed");
    call.expect(call.commit(removal).committed, "the same removal again has the same outcome");
    call.expect(!call.write({SessionRemoval{session.id, 1}}), "what is removed cannot be removed once more");
    call.expect(!call.session(session.id), "an erased session is gone");
    call.expect(call.read(call.store().attendees(session.id, call.context()), "attendees").empty(), "with attendees");
    call.expect(!call.read(call.store().attendee_by_token(attendee.access_token, call.context()), "by token"),
                "and their tokens");
    call.expect(!call.read(call.store().invitation(invitation.id, call.context()), "invitation"), "with invitations");
    call.expect(!call.read(call.store().metrics(session.id, call.context()), "metrics"), "with metrics");
    call.expect(call.read(call.store().quality(session.id, 10, call.context()), "quality").empty(), "with samples");
    call.expect(call.read(call.store().due(kSomeTime + 24h, 10, call.context()), "due").size() == 1, "nor is it due");
    call.expect(call.read(call.store().events(0, 10, call.context()), "events").size() == 2,
                "its events stay, with that of its end");
    call.expect(call.read(call.store().idempotency("key", kSomeTime, call.context()), "idempotency").has_value(),
                "the key that made it stays until it expires");
    call.expect(call.session(SessionId("session-b")).has_value(), "others stay");
    attendee.version = 1;
    call.expect(!call.write({VersionedWrite<AttendeeRecord>{attendee, 1}}), "what is erased cannot be written again");
    call.expect(call.add(session), "its id, its room and its tokens are free");
    call.expect(call.read(call.store().attendees(session.id, call.context()), "attendees").empty(),
                "and nothing of the former comes back with them");
}

void pruning(RecordCaller& call) {
    const auto old = call.batch({VersionedWrite<SessionRecord>{some_session("a"), 0}},
                                {{0, "old", kSomeTime, SessionId("s"), "{}"}});
    call.commit(old);
    auto recent = call.batch({VersionedWrite<SessionRecord>{some_session("b"), 0}},
                             {{0, "recent", kSomeTime + 2h, SessionId("s"), "{}"}});
    recent.now = kSomeTime + 2h;
    call.commit(recent);
    call.expect(call.store().prune(kSomeTime + 1h, call.context()).ok(), "prune answers");
    const auto events = call.read(call.store().events(0, 10, call.context()), "events");
    call.expect(events.size() == 1 && events[0].type == "recent", "older events are removed, later ones stay");
    call.expect(call.read(call.store().was_committed(recent.operation, call.context()), "was_committed"),
                "later operations are remembered");
    call.expect(call.session(SessionId("session-a")).has_value(), "sessions stay");
}

}  // namespace

std::vector<ConformancePart<RecordStoreSubject>> record_store_parts() {
    std::vector<RecordPart> parts{record_part("keeps every field of every record", keeps_every_field),
                                  record_part("answers with nothing for what is not there", absent_is_no_error),
                                  record_part("commits all of a batch or nothing", all_or_nothing),
                                  record_part("refuses stale versions", versions),
                                  record_part("holds unique keys", unique_keys),
                                  record_part("remembers operations", operations),
                                  record_part("finds records by tokens and rooms", found_by_tokens),
                                  record_part("filters sessions", filters),
                                  record_part("pages while others insert", pages),
                                  record_part("tells what is due", due),
                                  record_part("keeps what belongs to a session", belongings),
                                  record_part("removes the quality samples of a session", removing_samples),
                                  record_part("lets idempotency keys expire", idempotency),
                                  record_part("hands out events in the order of commits", outbox),
                                  record_part("erases a session with all that belongs to it", erasing),
                                  record_part("prunes what is old", pruning)};
    for (const auto& more : {record_value_parts(), record_race_parts(), record_trouble_parts()})
        parts.insert(parts.end(), more.begin(), more.end());
    return parts;
}

}  // namespace televisit::testkit
