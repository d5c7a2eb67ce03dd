/// Two servers that share a room.
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

TEST_CASE("members on two nodes hear of each other") {
    Pair pair;
    pair.seat_both();
    CHECK(pair.at_doctor() == Told{"joined p-1"});
    CHECK(pair.patient.participants.size() == 2);
    pair.patient.seat->leave();
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
}

TEST_CASE("offers, candidates, chat and attachments cross nodes in the order sent") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    CHECK(send(pair.doctor, RelayKind::description, "webrtc_offer", pair.patient.self.peer.view()) == "ok");
    CHECK(send(pair.doctor, RelayKind::candidate, "ice_candidate") == "ok");
    CHECK(send(pair.doctor, RelayKind::everyone, "chat_message") == "ok");
    CHECK(pair.at_patient().empty());
    pair.world.settle();
    CHECK(pair.at_patient() == Told{"webrtc_offer {}", "ice_candidate {}", "chat_message {}"});
    CHECK(pair.at_doctor() == Told{"chat_message {}"});
}

TEST_CASE("a place is taken over from another node") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    const auto grant = pair.a().join(pair.session.session.id, pair.a().patient());
    pair.patient = pair.b().enter(grant);
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"left p-1 rejoined", "joined p-1"});
    auto moved = pair.a().enter(grant);
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    CHECK(pair.at_patient() == Told{"lost replaced"});
    CHECK(send(moved, RelayKind::others, "x") == "ok");
    CHECK(pair.at_doctor() == Told{"x {}"});
}

TEST_CASE("a drop that is noticed after the return on another node changes nothing") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.patient = pair.b().enter(grant);
    pair.world.settle();
    pair.at_doctor();
    auto back = pair.a().enter(grant);
    pair.patient.seat->connection_lost();  // before the news has come
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    CHECK(pair.at_patient().empty());
    pair.world.advance(60s);
    CHECK(pair.at_doctor().empty());
    REQUIRE(pair.stays().size() == 2);
    CHECK(pair.stays()[1].state == StayState::joined);
}

TEST_CASE("grace ends once, whoever watches") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.patient.seat->connection_lost();
    pair.world.advance(60s);
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "left p-1 grace_ended"});
}

TEST_CASE("the last seat goes to one of two who come at the same moment") {
    Pair pair;
    const auto& session = pair.session.session;
    std::vector<JoinGrant> grants;
    for (int i = 0; i < 3; ++i) {
        const auto invited =
            pair.a().domain->invite(pair.a().doctor(), session.id, {Role::guest, "", {}}, pair.a().context());
        REQUIRE(invited.ok());
        grants.push_back(pair.a().join(session.id, *pair.a().domain->identify({invited->token}, pair.a().context())));
    }
    // Two guests fit beside the reserved seats. While the second enters here, the third gets in there first.
    auto first = pair.a().enter(grants[0]);
    Client third;
    bool done = false;
    pair.world.stores.presence.faults.before_calls([&](std::string_view function) {
        if (function != "replace" || std::exchange(done, true)) return;
        third = pair.b().enter(grants[2]);
    });
    const auto second = pair.a().try_enter(grants[1], 71);
    REQUIRE(done);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().name() == "room_full");
    CHECK(third.participants.size() == 2);
    pair.world.settle();
    CHECK(pair.stays().size() == 2);
}

TEST_CASE("a lost message is made good by the next one") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.world.settle();
    pair.world.stores.bus.lose(2);
    pair.patient = pair.b().sit(pair.session, pair.b().patient());
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    pair.patient.seat->connection_lost();
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"joined p-1", "interrupted p-1"});
    CHECK(pair.doctor.seat->members().size() == 2);
}

TEST_CASE("after its link was down a node looks at the truth again") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.a().backplane.set_link(false);
    CHECK(pair.a().domain->reach()->away() == std::vector<std::string>{"backplane"});
    pair.patient.seat->leave();
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    CHECK(send(pair.doctor, RelayKind::others, "x") == "ok");
    const auto refused = pair.a().try_enter(pair.b().join(pair.session.session.id, pair.b().patient()), 5);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    pair.a().backplane.set_link(true);
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
}

TEST_CASE("a transition that could not be published is told when the link is back") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.b().backplane.set_link(false);
    pair.patient.seat->leave();
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    pair.b().backplane.set_link(true);
    pair.world.advance(2s);
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
}

TEST_CASE("the members of a node that died are interrupted, and leave when the grace ends") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.b().kill();
    pair.world.advance(5s);
    CHECK(pair.at_doctor() == Told{"interrupted p-1"});
    pair.world.advance(20s);
    CHECK(pair.at_doctor() == Told{"left p-1 grace_ended"});
    CHECK(pair.stays().size() == 1);
    pair.world.advance(20s);
    const auto leases = pair.world.stores.ports.presence->leases(pair.a().context());
    CHECK(leases->size() == 1);
}

TEST_CASE("a store that was away for longer than a lease makes nobody dead") {
    Pair pair;
    pair.seat_both();
    pair.world.advance(3s);
    // The first node has seen the latest lease of the second when the store goes away.
    pair.world.clock().advance(1s);
    pair.a().executor.run_ready();
    pair.at_doctor();
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    pair.world.advance(20s);
    CHECK(pair.a().domain->reach()->away() == std::vector<std::string>{"presence"});
    pair.world.stores.presence.faults.heal();
    // The first node comes back to the store before the second one does.
    pair.world.clock().advance(1s);
    pair.a().executor.run_ready();
    pair.world.advance(10s);
    CHECK(pair.a().domain->reach()->away().empty());
    CHECK(pair.at_doctor().empty());
    CHECK(pair.at_patient().empty());
    CHECK(pair.stays().size() == 2);
}

TEST_CASE("who sat on a node that died comes back on another") {
    Pair pair;
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.patient = pair.b().enter(grant);
    pair.world.settle();
    pair.b().kill();
    pair.world.advance(5s);
    pair.at_doctor();
    auto back = pair.a().enter(grant);
    CHECK(pair.at_doctor() == Told{"resumed p-1"});
    pair.world.advance(60s);
    CHECK(pair.at_doctor().empty());
}

TEST_CASE("a node that slept and then died with somebody inside leaves no ghost") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.b().executor.refuse(true);
    for (int second = 0; second < 60; ++second) {  // only the first node goes on
        pair.world.clock().advance(1s);
        pair.a().executor.run_ready();
    }
    pair.patient = pair.b().sit(pair.session, pair.b().patient());
    pair.b().kill();
    pair.world.advance(30s);
    CHECK(pair.stays().size() == 1);
}

TEST_CASE("who was taken for dead but is not comes back as a new stay") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    for (int second = 0; second < 30; ++second) {
        pair.world.clock().advance(1s);
        pair.a().executor.run_ready();
    }
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "left p-1 grace_ended"});
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"joined p-1"});
    CHECK(pair.at_patient().empty());
    CHECK(pair.stays().size() == 2);
    CHECK(send(pair.patient, RelayKind::others, "x") == "ok");
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"x {}"});
}

TEST_CASE("those who sit together on a node that was taken for dead do not see each other leave") {
    Pair pair;
    pair.doctor = pair.b().sit(pair.session, pair.b().doctor());
    pair.patient = pair.b().sit(pair.session, pair.b().patient());
    pair.b().told(pair.doctor);
    for (int second = 0; second < 30; ++second) {
        pair.world.clock().advance(1s);
        pair.a().executor.run_ready();
    }
    CHECK(pair.stays().empty());
    pair.world.settle();
    CHECK(pair.stays().size() == 2);
    CHECK(pair.b().told(pair.doctor).empty());
    CHECK(pair.at_patient().empty());
    pair.patient.seat->leave();
    pair.world.settle();
    CHECK(pair.b().told(pair.doctor) == Told{"left p-1 left"});
}

TEST_CASE("a room is closed even when the node that ended the visit dies before it could") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.world.settle();
    pair.world.stores.presence.faults.break_with(Errc::unavailable);
    REQUIRE(pair.b().domain->end(pair.b().doctor(), pair.session.session.id, pair.b().context()).ok());
    pair.b().kill();
    pair.world.stores.presence.faults.heal();
    CHECK(pair.at_doctor().empty());
    pair.world.advance(10s);
    CHECK(pair.at_doctor() == Told{"ended ended", "lost session_over"});
    CHECK_FALSE(pair.world.record(pair.session.session.id).due_at);
}

TEST_CASE("leaving here and entering there in one breath keeps the place there") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.patient = pair.a().enter(grant);
    pair.world.settle();
    pair.patient.seat->leave();
    auto moved = pair.b().enter(grant);
    pair.world.advance(30s);
    CHECK(pair.stays().size() == 2);
    CHECK(send(moved, RelayKind::others, "x") == "ok");
}

TEST_CASE("ending a visit puts everyone out on every node") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    REQUIRE(pair.a().domain->end(pair.a().doctor(), pair.session.session.id, pair.a().context()).ok());
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"ended ended", "lost session_over"});
    CHECK(pair.at_patient() == Told{"ended ended", "lost session_over"});
}

TEST_CASE("leaving over REST works on whichever node one sits") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    REQUIRE(pair.a().domain->leave(pair.a().patient(), pair.session.session.id, pair.a().context()).ok());
    CHECK(pair.at_doctor() == Told{"left p-1 left"});
    pair.world.settle();
    CHECK(send(pair.patient, RelayKind::others, "x") == "not_in_room");
    REQUIRE(pair.a().domain->leave(pair.a().patient(), pair.session.session.id, pair.a().context()).ok());
    REQUIRE(pair.b().domain->leave(pair.b().doctor(), pair.session.session.id, pair.b().context()).ok());
    pair.world.settle();
    CHECK(send(pair.doctor, RelayKind::others, "x") == "not_in_room");
    CHECK(pair.stays().empty());
}

TEST_CASE("messages that make no sense are refused") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    const auto& room = pair.session.session.room_id;
    REQUIRE(pair.b().backplane.publish({room, NodeId("stranger"), 1, "nonsense"}).ok());
    pair.world.settle();
    CHECK(pair.at_doctor().empty());
    CHECK(pair.a().log.mentions("backplane message refused"));
}

TEST_CASE("a node that was taken for dead takes its lease again before it changes a room") {
    Pair pair;
    pair.seat_both();
    for (int second = 0; second < 60; ++second) {
        pair.world.clock().advance(1s);
        pair.a().executor.run_ready();
    }
    const auto leases = [&] { return pair.world.stores.ports.presence->leases(pair.a().context())->size(); };
    REQUIRE(leases() == 1);
    // Its workers still stand, but a request comes through; with it come those who sit there.
    pair.world.stores.bus.deliver();
    REQUIRE(pair.b().domain->leave(pair.b().doctor(), pair.session.session.id, pair.b().context()).ok());
    CHECK(leases() == 2);
    pair.b().kill();
    pair.world.advance(30s);
    CHECK(pair.stays().empty());
}
