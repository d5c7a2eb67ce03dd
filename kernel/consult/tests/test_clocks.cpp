/// Civil clocks that are set, forward and back.
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

void set_clock(World& world, std::chrono::seconds by) {
    world.clock().jump_to(world.clock().now() + by);
}

}  // namespace

TEST_CASE("a clock that is set takes nobody for dead") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    const auto by = GENERATE(163s, -163s);
    set_clock(pair.world, by);
    pair.a().executor.run_ready();
    pair.world.advance(30s);
    CHECK(pair.at_doctor().empty());
    CHECK(pair.world.stores.ports.presence->leases(pair.a().context())->size() == 2);
}

TEST_CASE("a clock that is set back does not hide that a server is dead") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.b().kill();
    set_clock(pair.world, -1h);
    pair.world.advance(30s);
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "left p-1 grace_ended"});
}

TEST_CASE("a clock that is set back does not lengthen the grace by as much") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.patient.seat->connection_lost();
    pair.world.advance(10s);
    set_clock(pair.world, -1h);
    pair.world.advance(20s);
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "left p-1 grace_ended"});
}

TEST_CASE("a clock that is set back does not put off what waits for a store") {
    Pair pair;
    pair.seat_both();
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    pair.patient.seat->leave();
    pair.world.advance(3s);
    pair.world.stores.presence.faults.heal();
    set_clock(pair.world, -1h);
    pair.world.advance(10s);
    CHECK(pair.stays().size() == 1);
}

TEST_CASE("each warning of the end is told once, also when the clock is set back over it") {
    World world;
    const auto session = world.node->create();
    auto doctor = world.node->sit(session, world.node->doctor());
    set_clock(world, 40min);  // the window closes in 45 minutes
    world.advance(2s);
    CHECK(world.node->told(doctor) == Told{"expiring 299"});
    set_clock(world, 4min);
    world.advance(2s);
    CHECK(world.node->told(doctor) == Told{"expiring 57"});
    set_clock(world, -4min);
    world.advance(2s);
    CHECK(world.node->told(doctor).empty());
}
