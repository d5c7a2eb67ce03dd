#include "record_caller.hpp"
#include "record_conformance_parts.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

/// Keys of which some stores take two for one, or one for a pattern, a number, nothing or the end of a command.
const std::vector<std::string>& odd_keys() {
    static const std::vector<std::string> keys{
        "a",
        "A",
        "a ",
        " a",
        "a\n",
        "a\r\nDEL b",
        std::string("a\0", 2),
        std::string("a\0b", 3),
        "a%",
        "a_",
        "a*",
        "a?[x]{1}",
        "a:b",
        "a/../b",
        "a'; DROP TABLE video_consultation_sessions; --",
        "\"a\"",
        "a\\",
        "a\\000",
        "$1",
        "?1",
        "NULL",
        "null",
        "0",
        "00",
        "0.0",
        "1e3",
        "-1",
        "\x1a",
        "\x1a"
        "00",
        "\x7f",
        "\xc3\xa9",   // é in one
        "e\xcc\x81",  // and in two
        "\xc3\x9f",   // ß
        "ss",
        "\xf0\x9f\xa9\xba",
        "\xe2\x80\xae"
        "a",         // from right to left
        "\xff\xfe",  // no UTF-8
        "\xc0\x80",
        "\xed\xa0\x80",
    };
    return keys;
}

void keys_byte_by_byte(RecordCaller& call) {
    const auto& keys = odd_keys();
    for (const auto& key : keys) {
        auto session = some_session(key);
        session.id = SessionId(key);
        session.room_id = RoomId(key);
        session.doctor_id = UserId(key);
        session.doctor_token = "d" + key;
        session.patient_token = "p" + key;
        session.end_reason = key;
        auto attendee = some_attendee(session.id, key);
        attendee.access_token = key;
        auto invitation = some_invitation(session.id, key);
        invitation.token = key;
        invitation.id = InvitationId(key);
        call.expect(call.write({VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                                VersionedWrite<InvitationRecord>{invitation, 0},
                                QualityRecord{session.id, attendee.id, kSomeTime, key},
                                IdempotencyRecord{key, key, session.id, kSomeTime + 1h}}),
                    "records of any key are committed");
    }
    const auto own = [&](const auto& found, const auto& of, const std::string& key, const char* what) {
        call.expect(found && of(*found) == key, what);
    };
    const auto id = [](const auto& record) { return record.id.str(); };
    const auto user = [](const AttendeeRecord& record) { return record.user.str(); };
    for (const auto& key : keys) {
        const auto context = call.context();
        own(call.session(SessionId(key)), id, key, "a session is found by its id, byte by byte");
        own(call.read(call.store().session_by_room(RoomId(key), context), "session_by_room"), id, key, "by its room");
        own(call.read(call.store().session_by_token("d" + key, context), "session_by_token"), id, key, "by its tokens");
        own(call.read(call.store().attendee(SessionId(key), UserId(key), context), "attendee"), user, key,
            "an attendee by session and user");
        own(call.read(call.store().attendee_by_token(key, context), "attendee_by_token"), user, key, "and by token");
        own(call.read(call.store().invitation(InvitationId(key), context), "invitation"), id, key,
            "an invitation by its id");
        own(call.read(call.store().invitation_by_token(key, context), "invitation_by_token"), id, key, "and by token");
        const auto samples = call.read(call.store().quality(SessionId(key), 10, context), "quality");
        call.expect(samples.size() == 1 && samples[0].sample == key, "samples are those of one session");
        const auto known = call.read(call.store().idempotency(key, kSomeTime, context), "idempotency");
        call.expect(known && known->body_hash == key, "a key means what it was used for");
        SessionQuery query;
        query.doctor_id = UserId(key);
        call.expect(call.ids(query) == std::vector<std::string>{key}, "a doctor has their own sessions");
    }
    SessionQuery all;
    all.limit = 1000;
    call.expect(call.ids(all).size() == keys.size(), "no two keys are one");
}

void long_texts(RecordCaller& call) {
    std::string text;
    while (text.size() < 4096) text += hostile_text();
    text.resize(4096);
    auto session = some_session("a");
    session.appointment_id = session.metadata = session.end_reason = session.signaling_server_url = text;
    auto attendee = some_attendee(session.id, "i-1");
    attendee.display_name = attendee.browser_info = attendee.device_type = text;
    auto invitation = some_invitation(session.id, "a");
    invitation.display_name = text;
    call.expect(
        call.commit(call.batch({VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                                VersionedWrite<InvitationRecord>{invitation, 0},
                                QualityRecord{session.id, attendee.id, kSomeTime, text}},
                               {{0, "odd \xf0\x9f\xa9\xba 'type'", kSomeTime, session.id, text}}))
            .committed,
        "texts of 4 KiB are committed");
    session.version = attendee.version = invitation.version = 1;
    const auto kept = call.session(session.id);
    call.expect(kept && same(*kept, session), "a session keeps texts of 4 KiB, byte by byte");
    const auto people = call.read(call.store().attendees(session.id, call.context()), "attendees");
    call.expect(people.size() == 1 && same(people[0], attendee), "an attendee does");
    const auto ways_in = call.read(call.store().invitations(session.id, call.context()), "invitations");
    call.expect(ways_in.size() == 1 && same(ways_in[0], invitation), "an invitation does");
    const auto samples = call.read(call.store().quality(session.id, 10, call.context()), "quality");
    call.expect(samples.size() == 1 && samples[0].sample == text && samples[0].at == kSomeTime, "a sample does");
    const auto events = call.read(call.store().events(0, 10, call.context()), "events");
    call.expect(events.size() == 1 && events[0].payload == text && events[0].type == "odd \xf0\x9f\xa9\xba 'type'",
                "an event does");
}

/// Whatever zone the store's machine is in, a moment is that moment.
void instants(RecordCaller& call) {
    const std::int64_t moments[] = {
        -62'135'596'800'000'000,  // 0001-01-01T00:00:00Z
        -1,
        0,
        1,
        946'684'799'999'999,    // the end of 1999
        1'774'745'999'999'999,  // 2026-03-29T00:59:59.999999Z: before an hour that Europe leaves out
        1'774'746'000'000'000,
        1'792'889'999'999'999,  // 2026-10-25T00:59:59.999999Z: before one that it has twice
        1'792'890'000'000'000,
        1'709'164'800'000'001,    // on 29 February 2024
        253'402'300'799'999'999,  // the end of 9999
    };
    int number = 0;
    for (const auto micros : moments) {
        auto session = some_session(std::to_string(++number));
        const auto at = from_micros(micros);
        session.scheduled_start = session.scheduled_end = session.created_at = session.updated_at = at;
        session.actual_start = session.actual_end = session.empty_since = session.due_at = session.closed_at = at;
        auto attendee = some_attendee(session.id, "i-1");
        attendee.joined_at = attendee.left_at = attendee.created_at = attendee.updated_at = at;
        auto invitation = some_invitation(session.id, std::to_string(number));
        invitation.expires_at = invitation.revoked_at = invitation.created_at = at;
        const MetricsRecord metrics{"metrics-" + std::to_string(number), session.id, 1, 1, at};
        call.expect(call.write({VersionedWrite<SessionRecord>{session, 0}, VersionedWrite<AttendeeRecord>{attendee, 0},
                                VersionedWrite<InvitationRecord>{invitation, 0}, metrics,
                                QualityRecord{session.id, attendee.id, at, "{}"}}),
                    "any moment is committed");
        session.version = attendee.version = invitation.version = 1;
        const auto kept = call.session(session.id);
        call.expect(kept && same(*kept, session), "a session keeps the microsecond");
        const auto person = call.read(call.store().attendee(session.id, attendee.user, call.context()), "attendee");
        call.expect(person && same(*person, attendee), "an attendee does");
        const auto way_in = call.read(call.store().invitation(invitation.id, call.context()), "invitation");
        call.expect(way_in && same(*way_in, invitation), "an invitation does");
        const auto usage = call.read(call.store().metrics(session.id, call.context()), "metrics");
        call.expect(usage && usage->created_at == at, "metrics do");
        const auto samples = call.read(call.store().quality(session.id, 10, call.context()), "quality");
        call.expect(samples.size() == 1 && samples[0].at == at, "a sample does");
    }
    const auto due_by = [&](std::int64_t micros) {
        return call.read(call.store().due(from_micros(micros), 100, call.context()), "due").size();
    };
    call.expect(due_by(1'774'745'999'999'999) == due_by(1'774'745'999'999'998) + 1,
                "what is due is so to a microsecond");
    call.expect(due_by(0) == 3 && due_by(1) == 4, "before 1970, too");
    SessionQuery query;
    query.from = from_micros(1'774'745'999'999'999);
    query.to = from_micros(1'774'746'000'000'001);
    call.expect(call.ids(query).size() == 2, "what is planned is found to a microsecond");
}

}  // namespace

std::vector<ConformancePart<RecordStoreSubject>> record_value_parts() {
    return {record_part("keeps keys apart, byte by byte", keys_byte_by_byte),
            record_part("keeps long texts of any bytes", long_texts),
            record_part("keeps moments, whatever the zone, to a microsecond", instants)};
}

}  // namespace televisit::testkit
