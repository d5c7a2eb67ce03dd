/// Two servers when messages come late or not at all, stores fail and clocks jump.
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

TEST_CASE("an old message is no news to a node that has to look at the truth again") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.world.settle();
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.patient = pair.b().enter(grant);  // told to the first node later
    auto moved = pair.a().enter(grant);
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    pair.doctor.seat->connection_lost();
    pair.a().executor.run_ready();  // in vain: the outcome has to be looked into
    pair.world.stores.bus.deliver();
    CHECK(pair.a().told(moved) == Told{"interrupted d-1"});
    pair.world.stores.presence.faults.heal();
    pair.world.advance(2s);
    CHECK(pair.a().told(moved).empty());
    CHECK(send(moved, RelayKind::others, "x") == "ok");
}

TEST_CASE("whom somebody has put out over REST hears the same when news before it got lost") {
    const auto told_after = [](std::size_t lost) {
        Pair pair;
        pair.seat_both();
        pair.at_doctor();
        pair.world.stores.bus.lose(2 * lost);  // one to each node
        pair.patient.seat->connection_lost();
        pair.world.settle();
        pair.at_doctor();
        REQUIRE(pair.b().domain->leave(pair.b().doctor(), pair.session.session.id, pair.b().context()).ok());
        pair.world.settle();
        CHECK(send(pair.doctor, RelayKind::others, "x") == "not_in_room");
        auto told = pair.at_doctor();
        std::erase(told, "interrupted p-1");
        return told;
    };
    CHECK(told_after(1) == told_after(0));
}

namespace {

/// The store forgets the room, and whoever looks next finds out.
void lose_room(Pair& pair) {
    const auto forget = [](RoomPresence& next) { next.expires_at = {}; };
    make_step(pair.world.stores.presence, pair.session.session.room_id, pair.a().context(), forget);
    for (auto* node : {&pair.a(), &pair.b()}) node->backplane.set_link(false);
}

}  // namespace

TEST_CASE("who sits on another node is not seen to leave when the store comes back empty") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    lose_room(pair);
    pair.a().backplane.set_link(true);
    pair.a().executor.run_ready();
    REQUIRE(pair.stays().size() == 1);
    CHECK(pair.doctor.seat->members().size() == 2);
    pair.b().backplane.set_link(true);
    pair.world.advance(60s);
    CHECK(pair.at_doctor().empty());
    CHECK(pair.at_patient().empty());
    CHECK(pair.stays().size() == 2);
    CHECK(send(pair.patient, RelayKind::others, "x") == "ok");
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"x {}"});
}

TEST_CASE("who does not come back to a store that was empty has left in the end, once") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    lose_room(pair);
    pair.b().kill();
    pair.a().backplane.set_link(true);
    pair.world.advance(10s);
    CHECK(pair.at_doctor().empty());
    pair.world.advance(30s);
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "left p-1 grace_ended"});
    CHECK(pair.stays().size() == 1);
    CHECK(pair.doctor.seat->members().size() == 1);
}

TEST_CASE("a room is looked at until that succeeds after the link was down") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.a().backplane.set_link(false);
    REQUIRE(pair.b().domain->end(pair.b().doctor(), pair.session.session.id, pair.b().context()).ok());
    pair.world.settle();
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    pair.a().backplane.set_link(true);
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    pair.world.stores.presence.faults.heal();
    pair.world.advance(30s);
    CHECK(pair.at_doctor() == Told{"ended ended", "lost session_over"});
}

TEST_CASE("a half-way entering leaves no ghost when somebody else enters next") {
    Pair pair;
    const auto grant = pair.b().join(pair.session.session.id, pair.b().doctor());
    pair.doctor = pair.b().enter(grant);
    pair.patient = pair.a().sit(pair.session, pair.a().patient());
    pair.world.settle();
    pair.world.stores.presence.faults.lose_answers(3);
    REQUIRE_FALSE(pair.a().try_enter(grant, 71).ok());
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    pair.a().executor.run_ready();  // settling the room fails, too
    pair.world.stores.presence.faults.heal();
    pair.patient = pair.a().sit(pair.session, pair.a().patient());
    pair.world.advance(60s);
    CHECK(pair.stays().size() == 1);
}

TEST_CASE("a message that got lost without a sign misleads nobody for more than a minute") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.world.stores.bus.lose(2);
    pair.patient.seat->leave();
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    pair.world.advance(62s);
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
}

TEST_CASE("what a node had no time to tell before it died is found") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.b().backplane.set_link(false);
    pair.patient.seat->leave();
    pair.b().executor.run_ready();
    pair.b().kill();
    pair.world.advance(6s);
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
}
