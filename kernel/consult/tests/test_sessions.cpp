#include "world.hpp"

#include <thread>

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

SessionDraft draft() {
    SessionDraft draft;
    draft.appointment_id = "a-1";
    draft.doctor_id = UserId("d-1");
    draft.patient_id = UserId("p-1");
    draft.scheduled_start_time = "2026-01-25T10:00:00";
    draft.scheduled_end_time = "2026-01-25T11:30:00+01:00";
    draft.metadata = R"({"room":7})";
    draft.public_origin = "http://localhost:8086";
    return draft;
}

std::string creating(Node& node, const Identity& who, const SessionDraft& wanted) {
    const auto created = node.domain->create(who, wanted, node.context());
    return created.ok() ? "ok" : std::string(created.error().name());
}

std::vector<std::string> pointers(const Error& failure) {
    std::vector<std::string> all;
    for (const auto& field : failure.fields) all.push_back(field.pointer);
    return all;
}

}  // namespace

TEST_CASE("a created session has a room, two tokens of which only hashes are kept, and its times") {
    World world;
    const auto created = world.node->domain->create(world.node->doctor(), draft(), world.node->context());
    REQUIRE(created.ok());
    const auto kept = world.record(created->session.id);
    CHECK(kept.version == 1);
    CHECK(kept.status == SessionStatus::scheduled);
    CHECK(kept.scheduled_start == world.clock().now());
    CHECK(kept.scheduled_end == world.clock().now() + 30min);
    CHECK(kept.signaling_server_url == "http://localhost:8086/socket.io");
    CHECK(kept.metadata == R"({"room":7})");
    CHECK(kept.room_id.str().size() == 36);
    CHECK(kept.doctor_token.size() == 64);
    CHECK(kept.doctor_token != created->doctor_token);
    CHECK(created->doctor_token.size() == 43);
    CHECK(kept.due_at == kept.scheduled_end + 15min);
    const auto events = world.stores.ports.records->events(0, 10, world.node->context());
    REQUIRE(events->size() == 1);
    CHECK(events->at(0).type == "session.created");
    CHECK(world.node->events.published().size() == 1);
}

TEST_CASE("only doctors for themselves and admins create sessions") {
    World world;
    auto& node = *world.node;
    CHECK(creating(node, node.patient(), draft()) == "wrong_role");
    CHECK(creating(node, node.account("d-2", Role::doctor), draft()) == "not_own_doctor_id");
    CHECK(creating(node, node.account("root", Role::admin), draft()) == "ok");
    const auto invited = node.domain->identify({node.create().doctor_token}, node.context());
    CHECK(creating(node, *invited, draft()) == "wrong_role");
}

TEST_CASE("every bad field of a session is named") {
    World world;
    auto& node = *world.node;
    const auto failure = [&](const SessionDraft& wanted) {
        const auto created = node.domain->create(node.doctor(), wanted, node.context());
        REQUIRE_FALSE(created.ok());
        CHECK(created.error().code == Errc::invalid);
        return pointers(created.error());
    };
    CHECK(failure({}) ==
          std::vector<std::string>{"/doctor_id", "/patient_id", "/scheduled_start_time", "/scheduled_end_time"});
    auto wrong = draft();
    wrong.appointment_id = std::string(65, 'a');
    wrong.patient_id = wrong.doctor_id;
    wrong.scheduled_end_time = wrong.scheduled_start_time;
    wrong.max_participants = 9;
    wrong.metadata = "[1]";
    CHECK(failure(wrong) == std::vector<std::string>{"/appointment_id", "/patient_id", "/scheduled_end_time",
                                                     "/max_participants", "/metadata"});
    wrong = draft();
    wrong.max_participants = 1;
    wrong.scheduled_start_time = "tomorrow";
    wrong.metadata = "{" + std::string(5000, ' ') + "}";
    CHECK(failure(wrong) == std::vector<std::string>{"/scheduled_start_time", "/max_participants", "/metadata"});
}

TEST_CASE("a replayed creation gives the first answer, tokens included") {
    World world;
    auto& node = *world.node;
    auto wanted = draft();
    wanted.idempotency_key = "k-1";
    wanted.request_digest = "body";
    const auto first = node.domain->create(node.doctor(), wanted, node.context());
    const auto again = node.domain->create(node.doctor(), wanted, node.context());
    REQUIRE(first.ok());
    REQUIRE(again.ok());
    CHECK_FALSE(first->replayed);
    CHECK(again->replayed);
    CHECK(again->session.id == first->session.id);
    CHECK(again->doctor_token == first->doctor_token);
    CHECK(again->patient_token == first->patient_token);
    wanted.request_digest = "another body";
    CHECK(creating(node, node.doctor(), wanted) == "idempotency_key_reused");
    CHECK(creating(node, node.account("root", Role::admin), wanted) == "ok");
    world.clock().jump_to(world.clock().now() + 25h);
    CHECK(creating(node, node.doctor(), wanted) == "ok");
}

TEST_CASE("fifty parallel creations with one key give one session") {
    World world;
    auto& node = *world.node;
    auto wanted = draft();
    wanted.idempotency_key = "k-1";
    wanted.request_digest = "body";
    std::mutex mutex;
    std::set<std::string> ids;
    std::size_t fresh = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 50; ++i)
        threads.emplace_back([&] {
            const auto created = node.domain->create(node.doctor(), wanted, node.context());
            const std::lock_guard lock(mutex);
            if (!created.ok()) return;
            ids.insert(created->session.id.str());
            if (!created->replayed) ++fresh;
        });
    for (auto& thread : threads) thread.join();
    CHECK(ids.size() == 1);
    CHECK(fresh == 1);
    CHECK(world.stores.ports.records->sessions({}, node.context())->size() == 1);
}

TEST_CASE("a session is seen by its people and by admins") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    const auto seen = [&](const Identity& who) {
        return node.domain->get(who, session.session.id, node.context()).ok();
    };
    CHECK(seen(node.doctor()));
    CHECK(seen(node.patient()));
    CHECK(seen(node.account("root", Role::admin)));
    CHECK(seen(*node.domain->identify({session.patient_token}, node.context())));
    CHECK_FALSE(seen(node.account("d-2", Role::doctor)));
    CHECK_FALSE(seen(*node.domain->identify({node.create().patient_token}, node.context())));
}

TEST_CASE("lists hold one's own sessions") {
    World world;
    auto& node = *world.node;
    node.create();
    auto wanted = draft();
    wanted.doctor_id = UserId("d-2");
    REQUIRE(creating(node, node.account("d-2", Role::doctor), wanted) == "ok");
    const auto count = [&](const Identity& who, const SessionFilter& query) {
        const auto found = node.domain->list(who, query, node.context());
        REQUIRE(found.ok());
        return found->size();
    };
    SessionFilter of_d2;
    of_d2.doctor_id = UserId("d-2");
    CHECK(count(node.doctor(), {}) == 1);
    CHECK(count(node.doctor(), of_d2) == 0);
    CHECK(count(node.patient(), {}) == 2);
    CHECK(count(node.patient(), of_d2) == 1);
    CHECK(count(node.account("root", Role::admin), {}) == 2);
    CHECK(count(node.account("g", Role::guest), {}) == 0);
}

TEST_CASE("the first entering makes a session active, and the records tell who was in") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    CHECK(world.record(session.session.id).status == SessionStatus::scheduled);
    world.advance(60s);
    auto doctor = node.sit(session, node.doctor());
    auto record = world.record(session.session.id);
    CHECK(record.status == SessionStatus::active);
    CHECK(record.actual_start == world.clock().now());
    CHECK(record.doctor_seen);
    CHECK_FALSE(record.patient_seen);
    CHECK(world.attendee(session.session.id, "d-1").joined_at == world.clock().now());
    auto patient = node.sit(session, node.patient());
    record = world.record(session.session.id);
    CHECK(record.patient_seen);
    CHECK(record.seen_together);
    CHECK_FALSE(record.empty_since);
    world.advance(60s);
    doctor.seat->leave();
    patient.seat->leave();
    world.settle();
    record = world.record(session.session.id);
    CHECK(record.empty_since == world.clock().now());
    CHECK(record.due_at == world.clock().now() + 5min);
    CHECK(world.attendee(session.session.id, "d-1").left_at == world.clock().now());
    CHECK(record.status == SessionStatus::active);
}

TEST_CASE("ending a visit writes its usage and puts everyone out") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    auto doctor = node.sit(session, node.doctor());
    auto patient = node.sit(session, node.patient());
    world.advance(90s);
    node.told(doctor);
    patient.seat->leave();
    node.told(doctor);
    world.advance(30s);
    CHECK(node.domain->end(node.patient(), session.session.id, node.context()).error().name() == "wrong_role");
    const auto ended = node.domain->end(node.doctor(), session.session.id, node.context());
    REQUIRE(ended.ok());
    CHECK(ended->status == SessionStatus::completed);
    CHECK(ended->end_reason == "ended");
    CHECK(node.told(doctor) == Told{"ended ended", "lost session_over"});
    CHECK(node.told(patient).empty());
    const auto metrics = node.domain->metrics(node.patient(), session.session.id, node.context());
    REQUIRE(metrics.ok());
    CHECK(metrics->session_duration_hundredths == 200);
    CHECK(metrics->total_participants == 2);
    const auto kept = world.record(session.session.id);
    CHECK(kept.version == ended->version);
    CHECK(kept.actual_end == world.clock().now());
    CHECK_FALSE(kept.due_at);
    world.settle();
    CHECK(world.attendee(session.session.id, "d-1").left_at == kept.actual_end);

    CHECK(node.domain->end(node.doctor(), session.session.id, node.context())->version == kept.version);
    CHECK(node.domain->join(node.doctor(), {.session = session.session.id}, node.context()).error().name() ==
          "session_over");
    CHECK(send(doctor, RelayKind::others, "x") == "not_in_room");
}

TEST_CASE("a visit ends for those in the room even while the presence store is away") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    auto doctor = node.sit(session, node.doctor());
    world.settle();
    world.stores.presence.faults.break_with(Errc::unavailable);
    REQUIRE(node.domain->end(node.doctor(), session.session.id, node.context()).ok());
    CHECK(node.told(doctor) == Told{"ended ended", "lost session_over"});
    world.advance(5s);
    world.stores.presence.faults.heal();
    world.advance(20s);
    CHECK((*world.stores.ports.presence->load(session.session.room_id, node.context()))->closed);
    CHECK(node.told(doctor).empty());
}

TEST_CASE("the tombstone keeps out who comes between the end and its news") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    const auto grant = node.join(session.session.id, node.patient());
    auto doctor = node.sit(session, node.doctor());
    bool ended = false;
    world.stores.presence.faults.before_calls([&](std::string_view function) {
        if (function != "replace" || std::exchange(ended, true)) return;
        make_step(*world.stores.ports.presence, session.session.room_id, node.context(), [](RoomPresence& next) {
            next.closed = true;
            next.stays.clear();
        });
    });
    const auto refused = node.try_enter(grant, 3);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().name() == "session_over");
    CHECK(node.told(doctor) == Told{"ended ended", "lost session_over"});
}

TEST_CASE("a session changes only before it begins and only from the version that was seen") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    const auto& id = session.session.id;
    SessionPatch later;
    later.scheduled_end_time = "2026-01-25T11:00:00Z";
    const auto patching = [&](const Identity& who, Version version, const SessionPatch& patch) {
        const auto patched = node.domain->reschedule(who, id, version, patch, node.context());
        return patched.ok() ? "ok" : std::string(patched.error().name());
    };
    CHECK(patching(node.patient(), 1, later) == "wrong_role");
    CHECK(patching(node.doctor(), 2, later) == "stale_version");
    CHECK(patching(node.doctor(), 1, later) == "ok");
    CHECK(world.record(id).due_at == world.clock().now() + 75min);
    CHECK(world.record(id).version == 2);
    SessionPatch wrong;
    wrong.scheduled_start_time = "2026-01-25T12:00:00Z";
    CHECK(patching(node.doctor(), 2, wrong) == "invalid_fields");
    auto doctor = node.sit(session, node.doctor());
    CHECK(patching(node.doctor(), 3, later) == "wrong_state");
    CHECK(node.domain->cancel(node.doctor(), id, node.context()).error().name() == "wrong_state");
}

TEST_CASE("a cancelled session is over and has no usage") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    const auto& id = session.session.id;
    CHECK(node.domain->cancel(node.patient(), id, node.context()).error().name() == "wrong_role");
    const auto cancelled = node.domain->cancel(node.doctor(), id, node.context());
    REQUIRE(cancelled.ok());
    CHECK(cancelled->status == SessionStatus::cancelled);
    CHECK(node.domain->cancel(node.doctor(), id, node.context())->version == cancelled->version);
    CHECK(node.domain->join(node.doctor(), {.session = id}, node.context()).error().name() == "session_over");
    CHECK(node.domain->end(node.doctor(), id, node.context()).error().name() == "session_over");
    CHECK(node.domain->metrics(node.doctor(), id, node.context()).error().name() == "no_metrics");
}

TEST_CASE("an invitation lets its holder in until it is withdrawn, and then puts them out") {
    World world;
    auto& node = *world.node;
    const auto session = node.create(3);
    const auto& id = session.session.id;
    CHECK(node.domain->invite(node.patient(), id, {Role::guest, "", {}}, node.context()).error().name() ==
          "wrong_role");
    CHECK(node.domain->invite(node.doctor(), id, {Role::doctor, "", {}}, node.context()).error().name() ==
          "invalid_fields");
    const auto invited = node.domain->invite(node.doctor(), id, {Role::interpreter, "Ada", 1h}, node.context());
    REQUIRE(invited.ok());
    const auto who = node.domain->identify({invited->token}, node.context());
    REQUIRE(who.ok());
    CHECK(who->user.str() == invited->invitation.id.str());
    CHECK(who->role == Role::interpreter);
    auto doctor = node.sit(session, node.doctor());
    const auto grant = node.join(id, *who);
    CHECK(grant.attendee.display_name == "Ada");
    auto guest = node.enter(grant);
    node.told(doctor);
    CHECK(node.domain->revoke(node.doctor(), id, InvitationId("none"), node.context()).error().name() ==
          "invitation_not_found");
    REQUIRE(node.domain->revoke(node.doctor(), id, invited->invitation.id, node.context()).ok());
    CHECK(node.told(guest) == Told{"lost revoked"});
    CHECK(node.told(doctor) == Told{"left " + who->user.str() + " revoked"});
    CHECK(node.domain->identify({invited->token}, node.context()).error().name() == "invitation_revoked");
    CHECK(node.domain->identify({grant.access_token}, node.context()).error().name() == "invitation_revoked");
    CHECK(node.try_enter(grant, 8).error().name() == "invitation_revoked");
    REQUIRE(node.domain->revoke(node.doctor(), id, invited->invitation.id, node.context()).ok());
}

TEST_CASE("an invitation expires") {
    World world;
    auto& node = *world.node;
    const auto session = node.create(3);
    const auto invited = node.domain->invite(node.doctor(), session.session.id, {Role::guest, "", 60s}, node.context());
    REQUIRE(invited.ok());
    world.clock().jump_to(world.clock().now() + 60s);
    CHECK(node.domain->identify({invited->token}, node.context()).error().name() == "invitation_expired");
}

TEST_CASE("quality samples are objects, or lists of them, from attendees") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    const auto adding = [&](const Identity& who, std::string sample) {
        const auto added = node.domain->add_quality(who, session, std::move(sample), node.context());
        return added.ok() ? "ok" : std::string(added.error().name());
    };
    CHECK(adding(node.doctor(), "{}") == "not_an_attendee");
    node.join(session, node.doctor());
    CHECK(adding(node.doctor(), R"({"rtt_ms":12})") == "ok");
    CHECK(adding(node.doctor(), R"([{"rtt_ms":12}])") == "ok");
    CHECK(adding(node.doctor(), "7") == "wrong_type");
    CHECK(adding(node.doctor(), "") == "wrong_type");
    CHECK(adding(node.doctor(), "{" + std::string(5000, ' ') + "}") == "sample_too_large");
    CHECK(world.stores.ports.records->quality(session, 10, node.context())->size() == 2);
    CHECK(node.domain->attendees(node.patient(), session, node.context())->size() == 1);
}

TEST_CASE("times of a list without a zone are in the configured one, like those of a session") {
    consult::Settings settings;
    settings.naive_time_zone = "+01:00";
    World world(settings);
    auto& node = *world.node;
    const auto begins = node.create().session.scheduled_start;  // 10:00 there
    REQUIRE(begins == world.clock().now() - 1h);
    const auto found = [&](const std::string& from, const std::string& to) {
        SessionFilter filter;
        filter.from = from;
        filter.to = to;
        const auto page = node.domain->list(node.doctor(), filter, node.context());
        return page.ok() ? std::to_string(page->size()) : std::string(page.error().name());
    };
    CHECK(found("2026-01-25T10:00:00", "") == "1");
    CHECK(found("2026-01-25T10:00:00.000001", "") == "0");
    CHECK(found("2026-01-25T09:00:00Z", "2026-01-25T10:00:01") == "1");
    CHECK(found("2026-01-25T09:00:01Z", "") == "0");
    CHECK(found("", "2026-01-25T10:00:00") == "0");
    CHECK(found("yesterday", "") == "invalid_parameter");
    CHECK(found("", "2026-02-30T10:00:00") == "invalid_parameter");
}
