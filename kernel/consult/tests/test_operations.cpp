/// What the operator of a server sees and does.
#include <algorithm>

#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

std::string outcome(const Result<void>& done) {
    return done ? "ok" : std::string(done.error().name());
}

std::vector<std::string> event_types(World& world) {
    const auto events = world.stores.ports.records->events(0, 1000, world.node->context());
    std::vector<std::string> types;
    for (const auto& event : *events) types.push_back(event.type);
    return types;
}

std::size_t count(const std::vector<std::string>& all, std::string_view one) {
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), one));
}

}  // namespace

TEST_CASE("an operator sees the rooms open on a node, page by page, with the people in them") {
    Pair pair;
    pair.seat_both();
    auto& a = pair.a();
    const auto second = a.create();
    auto alone = a.sit(second, a.doctor());
    const auto all = a.domain->operations().rooms({}, 10);
    REQUIRE(all.size() == 2);
    CHECK(all[0].room < all[1].room);
    for (const auto& room : all) {
        const bool both = room.room == pair.session.session.room_id;
        CHECK(room.session == (both ? pair.session.session.id : second.session.id));
        CHECK(room.people == (both ? 2 : 1));
        CHECK(room.here == 1);
    }
    const auto first = a.domain->operations().rooms({}, 1);
    REQUIRE(first.size() == 1);
    CHECK(first[0].room == all[0].room);
    const auto rest = a.domain->operations().rooms(first[0].room, 10);
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].room == all[1].room);
}

TEST_CASE("an operator sees the truth of a room, whichever node its people are on") {
    Pair pair;
    pair.seat_both();
    const auto operations = pair.b().domain->operations();
    CHECK(operations.room(pair.session.session.room_id, pair.b().context())->stays.size() == 2);
    CHECK(operations.room(pair.b().create().session.room_id, pair.b().context())->stays.empty());
    CHECK(operations.room(RoomId("none"), pair.b().context()).error().name() == "room_not_found");
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    CHECK(operations.room(pair.session.session.room_id, pair.b().context()).error().code == Errc::unavailable);
    pair.world.stores.presence.faults.heal();
}

TEST_CASE("an operator reads every session, whoever its doctor is") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    node.join(session, node.patient());
    const auto operations = node.domain->operations();
    CHECK(operations.session(session, node.context())->id == session);
    SessionQuery query;
    query.doctor_id = UserId("d-1");
    CHECK(operations.sessions(query, node.context())->size() == 1);
    query.doctor_id = UserId("d-2");
    CHECK(operations.sessions(query, node.context())->empty());
    CHECK(operations.attendees(session, node.context())->size() == 1);
    CHECK(operations.session(SessionId("none"), node.context()).error().name() == "session_not_found");
    CHECK(operations.attendees(SessionId("none"), node.context()).error().name() == "session_not_found");
}

TEST_CASE("who is kicked is put out wherever they sit, and their access token opens no room any more") {
    Pair pair;
    pair.seat_both();
    const bool from_their_node = GENERATE(true, false);
    auto& node = from_their_node ? pair.b() : pair.a();
    const auto old = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.patient = pair.b().enter(old);
    pair.world.settle();
    pair.at_doctor();
    pair.at_patient();
    REQUIRE(outcome(node.domain->operations().kick(pair.session.session.id, UserId("p-1"), node.context())) == "ok");
    pair.world.settle();
    CHECK(pair.at_patient() == Told{"lost kicked"});
    CHECK(pair.at_doctor() == Told{"left p-1 kicked"});
    CHECK(pair.stays().size() == 1);
    CHECK(pair.b().try_enter(old, 77).error().name() == "invalid_token");
    CHECK(pair.b().domain->identify({old.access_token}, pair.b().context()).error().name() == "invalid_token");
    CHECK(count(event_types(pair.world), "attendee.kicked") == 1);
    // Who may join may come again: with a new token.
    pair.patient = pair.b().sit(pair.session, pair.b().patient());
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"joined p-1"});
}

TEST_CASE("who enters while being kicked does not stay") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    auto doctor = node.sit(session, node.doctor());
    const auto grant = node.join(session.session.id, node.patient());
    bool kicked = false;
    world.stores.presence.faults.before_calls([&](std::string_view function) {
        if (function != "replace") return;
        world.stores.presence.faults.before_calls({});
        // The entrance has read the records by now; there is nobody to be put out yet.
        auto record = world.attendee(session.session.id, "p-1");
        kicked = outcome(node.domain->operations().kick(session.session.id, UserId("p-1"),
                                                        {world.clock().steady_now(), RequestId{"kick"}})) != "ok";
        CHECK(world.attendee(session.session.id, "p-1").access_token != record.access_token);
    });
    CHECK(node.try_enter(grant, 9).error().name() == "invalid_token");
    CHECK(kicked);
    world.settle();
    CHECK((*world.stores.ports.presence->load(session.session.room_id, node.context()))->stays.size() == 1);
    const auto told = node.told(doctor);
    CHECK(count(told, "joined p-1") == count(told, "left p-1 kicked"));
}

TEST_CASE("only attendees of a visit that is not over can be kicked") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    const auto operations = node.domain->operations();
    CHECK(outcome(operations.kick(SessionId("none"), UserId("p-1"), node.context())) == "session_not_found");
    CHECK(outcome(operations.kick(session, UserId("p-1"), node.context())) == "attendee_not_found");
    node.join(session, node.patient());
    CHECK(outcome(operations.kick(session, UserId("p-1"), node.context())) == "ok");
    REQUIRE(operations.end(session, node.context()).ok());
    CHECK(outcome(operations.kick(session, UserId("p-1"), node.context())) == "session_over");
}

TEST_CASE("an operator ends a visit for everyone, and may do so twice") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    const auto operations = pair.b().domain->operations();
    REQUIRE(operations.end(pair.session.session.id, pair.b().context()).ok());
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"ended ended", "lost session_over"});
    CHECK(operations.end(pair.session.session.id, pair.b().context())->status == SessionStatus::completed);
    const auto cancelled = pair.a().create();
    REQUIRE(pair.a().domain->cancel(pair.a().doctor(), cancelled.session.id, pair.a().context()).ok());
    CHECK(operations.end(cancelled.session.id, pair.b().context()).error().name() == "session_over");
    CHECK(operations.end(SessionId("none"), pair.b().context()).error().name() == "session_not_found");
}

TEST_CASE("a session is erased with everything that belongs to it, once it is over") {
    World world;
    auto& node = *world.node;
    SessionDraft draft;
    draft.doctor_id = UserId("d-1");
    draft.patient_id = UserId("p-1");
    draft.scheduled_start_time = "2026-01-25T10:00:00";
    draft.scheduled_end_time = "2026-01-25T10:30:00";
    draft.idempotency_key = "k-1";
    draft.request_digest = "body";
    const auto created = node.domain->create(node.doctor(), draft, node.context());
    REQUIRE(created.ok());
    const auto id = created->session.id;
    auto doctor = node.sit(*created, node.doctor());
    const auto operations = node.domain->operations();
    CHECK(outcome(operations.erase(id, node.context())) == "not_over");
    REQUIRE(operations.end(id, node.context()).ok());
    CHECK(world.record(id).closed_at == world.clock().now());
    // The tombstone of its room is still there.
    CHECK((*world.stores.ports.presence->load(created->session.room_id, node.context()))->closed);
    CHECK(outcome(operations.erase(id, node.context())) == "ok");
    CHECK(operations.session(id, node.context()).error().name() == "session_not_found");
    CHECK(world.stores.ports.records->attendees(id, node.context())->empty());
    CHECK_FALSE(world.stores.ports.records->metrics(id, node.context())->has_value());
    CHECK(outcome(operations.erase(id, node.context())) == "session_not_found");
    CHECK(count(event_types(world), "session.erased") == 1);
    CHECK(node.domain->create(node.doctor(), draft, node.context()).error().name() == "session_erased");
    CHECK(node.domain->identify({created->doctor_token}, node.context()).error().name() == "invalid_token");
    doctor.seat->leave();
    world.advance(60s);
    CHECK(count(event_types(world), "session.erased") == 1);
}

TEST_CASE("a session whose room could not be closed yet is not erased") {
    Pair pair;
    pair.seat_both();
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    const auto operations = pair.a().domain->operations();
    REQUIRE(operations.end(pair.session.session.id, pair.a().context()).ok());
    CHECK(outcome(operations.erase(pair.session.session.id, pair.a().context())) == "busy");
    pair.world.stores.presence.faults.heal();
    CHECK(outcome(operations.erase(pair.session.session.id, pair.a().context())) == "ok");
    pair.world.settle();
    CHECK(count(pair.at_patient(), "lost session_over") == 1);
}
