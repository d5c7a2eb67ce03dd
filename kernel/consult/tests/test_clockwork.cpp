/// What the clock does to a session.
#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

std::size_t endings(World& world) {
    const auto events = world.stores.ports.records->events(0, 1000, world.node->context());
    std::size_t count = 0;
    for (const auto& event : *events)
        for (const auto* type : {"session.completed", "session.no_show", "session.expired", "session.cancelled"})
            if (event.type == type) ++count;
    return count;
}

/// A server in the place of one that was killed, and with it the presence that it kept.
void restart_without_presence(World& world, const RoomId& room, Duration later) {
    world.node->kill();
    world.node.reset();
    auto& presence = *world.stores.ports.presence;
    const CallContext context{world.clock().steady_now() + 5s, RequestId{"test"}};
    make_step(presence, room, context, [](RoomPresence& next) { next.stays.clear(); });
    world.clock().advance(later);
    world.node = std::make_unique<Node>(world, "node-c", world.settings);
}

std::int64_t used(World& world, const SessionId& session) {
    const auto metrics = world.stores.ports.records->metrics(session, world.node->context());
    return (*metrics)->session_duration_hundredths;
}

}  // namespace

TEST_CASE("at the end of the window a session to which nobody came has expired") {
    World world;
    const auto session = world.node->create();
    world.advance(44min + 59s);
    CHECK(world.record(session.session.id).status == SessionStatus::scheduled);
    world.advance(2s);
    CHECK(world.record(session.session.id).status == SessionStatus::expired);
    CHECK(world.record(session.session.id).end_reason == "window_closed");
    world.advance(60s);
    CHECK(endings(world) == 1);
}

TEST_CASE("a session that cannot be ended keeps no other from its end") {
    World world;
    const SessionId ids[] = {world.node->create().session.id, world.node->create().session.id};
    world.advance(44min + 59s);
    auto& faults = world.stores.records.faults;
    bool first = true;
    faults.before_calls([&](std::string_view function) {
        if (function == "attendees" && std::exchange(first, false)) faults.fail_next(1, Errc::internal);
    });
    world.advance(1s);
    const auto over = [&](const SessionId& id) { return world.record(id).status == SessionStatus::expired; };
    CHECK_FALSE(first);
    CHECK(over(ids[0]) != over(ids[1]));
    world.advance(1s);
    CHECK((over(ids[0]) && over(ids[1])));
}

TEST_CASE("at the end of the window a session that one never joined is a no-show") {
    World world;
    const auto session = world.node->create();
    auto doctor = world.node->sit(session, world.node->doctor());
    world.node->told(doctor);
    world.advance(45min + 1s);
    CHECK(world.record(session.session.id).status == SessionStatus::no_show);
    CHECK(world.node->told(doctor) == Told{"expiring 300", "expiring 60", "ended window_closed", "lost session_over"});
    CHECK(world.node->domain->metrics(world.node->doctor(), session.session.id, world.node->context())
              ->session_duration_hundredths == 4500);
}

TEST_CASE("at the end of the window a visit that both attended is completed") {
    World world;
    const auto session = world.node->create();
    auto doctor = world.node->sit(session, world.node->doctor());
    doctor.seat->leave();
    auto patient = world.node->sit(session, world.node->patient());
    world.advance(45min + 1s);
    CHECK(world.record(session.session.id).status == SessionStatus::completed);
    CHECK(endings(world) == 1);
}

TEST_CASE("a room that has been empty after both were in it together ends the visit") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    auto doctor = node.sit(session, node.doctor());
    auto patient = node.sit(session, node.patient());
    world.advance(60s);
    doctor.seat->leave();
    patient.seat->leave();
    SECTION("if nobody comes back") {
        world.advance(4min + 58s);
        CHECK(world.record(session.session.id).status == SessionStatus::active);
        world.advance(3s);
        const auto record = world.record(session.session.id);
        CHECK(record.status == SessionStatus::completed);
        CHECK(record.end_reason == "room_empty");
        CHECK(node.domain->metrics(node.doctor(), session.session.id, node.context())->session_duration_hundredths ==
              100);
    }
    SECTION("but not if somebody does") {
        world.advance(4min);
        auto back = node.sit(session, node.doctor());
        world.advance(10min);
        CHECK(world.record(session.session.id).status == SessionStatus::active);
        back.seat->leave();
        world.advance(5min + 2s);
        CHECK(world.record(session.session.id).status == SessionStatus::completed);
    }
    CHECK(endings(world) == 1);
}

TEST_CASE("a room that two have left without meeting stays open to the end of the window") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    node.sit(session, node.doctor()).seat->leave();
    node.sit(session, node.patient()).seat->leave();
    world.advance(20min);
    CHECK(world.record(session.session.id).status == SessionStatus::active);
}

TEST_CASE("with two nodes each timed transition happens once") {
    World world;
    const auto session = world.node->create();
    auto& other = world.second();
    auto doctor = other.sit(session, other.doctor());
    world.advance(50min);
    CHECK(world.record(session.session.id).status == SessionStatus::no_show);
    CHECK(endings(world) == 1);
    const auto told = other.told(doctor);
    CHECK(std::count(told.begin(), told.end(), "ended window_closed") == 1);
}

TEST_CASE("timed transitions wait for a store that is away") {
    World world;
    const auto session = world.node->create();
    world.advance(44min);
    world.stores.records.faults.break_with(Errc::unavailable);
    world.advance(5min);
    world.stores.records.faults.heal();
    world.advance(2s);
    CHECK(world.record(session.session.id).status == SessionStatus::expired);
}

TEST_CASE("what was due while no server ran is done at the next start") {
    World world;
    const auto session = world.node->create();
    world.node.reset();
    world.clock().advance(3h);
    world.node = std::make_unique<Node>(world, "node-c", world.settings);
    world.advance(2s);
    CHECK(world.record(session.session.id).status == SessionStatus::expired);
}

TEST_CASE("whom a killed server had in a room has left when the next one starts, and the empty room ends the visit") {
    World world;
    const auto session = world.node->create();
    const auto id = session.session.id;
    const auto doctor = world.node->sit(session, world.node->doctor());
    const auto patient = world.node->sit(session, world.node->patient());
    world.advance(60s);
    restart_without_presence(world, session.session.room_id, 60s);
    world.advance(2s);
    CHECK(world.attendee(id, "d-1").left_at);
    CHECK(world.attendee(id, "p-1").left_at);
    SECTION("after the time that an empty room has") {
        world.advance(4min + 55s);
        CHECK(world.record(id).status == SessionStatus::active);
        world.advance(5s);
        CHECK(world.record(id).status == SessionStatus::completed);
        CHECK(world.record(id).end_reason == "room_empty");
        CHECK(used(world, id) >= 200);
        CHECK(used(world, id) < 210);
    }
    SECTION("but not if one of them comes back") {
        const auto back = world.node->sit(session, world.node->patient());
        CHECK_FALSE(world.attendee(id, "p-1").left_at);
        world.advance(10min);
        CHECK(world.record(id).status == SessionStatus::active);
    }
}

TEST_CASE("who is in the room when another server starts has not left") {
    World world;
    const auto session = world.node->create();
    const auto doctor = world.node->sit(session, world.node->doctor());
    const auto patient = world.node->sit(session, world.node->patient());
    world.second();
    world.advance(10min);
    CHECK_FALSE(world.attendee(session.session.id, "d-1").left_at);
    CHECK_FALSE(world.record(session.session.id).empty_since);
    CHECK(world.record(session.session.id).status == SessionStatus::active);
}

TEST_CASE("a visit whose window closed while no server ran has lasted no longer than its window") {
    World world;
    const auto session = world.node->create();
    const auto doctor = world.node->sit(session, world.node->doctor());
    const auto patient = world.node->sit(session, world.node->patient());
    world.advance(60s);
    restart_without_presence(world, session.session.room_id, 10h);
    world.advance(2s);
    CHECK(world.record(session.session.id).status == SessionStatus::completed);
    CHECK(used(world, session.session.id) == 4500);
    CHECK(endings(world) == 1);
}
