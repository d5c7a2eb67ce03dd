// Connections that are interrupted, are told things all the same, and come back to their seats.
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

struct Visit {
    explicit Visit(consult::Settings settings = {}) : world(std::move(settings)), session(node().create(4)) {
        doctor = node().sit(session, node().doctor());
        grant = node().join(session.session.id, node().patient());
        patient = node().enter(grant);
        at_doctor();
        at_patient();
    }
    Node& node() { return *world.node; }
    Told at_doctor() { return node().told(doctor); }
    Told at_patient() { return node().told(patient); }

    World world;
    CreatedSession session;
    JoinGrant grant;
    Client doctor;
    Client patient;
};

}  // namespace

TEST_CASE("a suspended seat is interrupted for the others, and goes on being told what happens") {
    Visit visit;
    visit.patient.seat->suspend();
    CHECK(visit.at_doctor() == Told{"interrupted p-1"});
    visit.patient.seat->suspend();
    CHECK(visit.at_doctor().empty());
    CHECK(visit.doctor.seat->members()[1].state == StayState::interrupted);
    CHECK(send(visit.doctor, RelayKind::description, "webrtc_offer") == "ok");
    CHECK(send(visit.doctor, RelayKind::everyone, "chat_message") == "ok");
    CHECK(visit.at_patient() == Told{"webrtc_offer {}", "chat_message {}"});
    visit.doctor.seat->leave();
    CHECK(visit.at_patient() == Told{"left d-1 left"});
}

TEST_CASE("a suspended seat that is resumed is the stay it was") {
    Visit visit;
    visit.patient.seat->suspend();
    SECTION("after the interruption was written") {
        visit.world.advance(5s);
    }
    SECTION("before it was written") {}
    CHECK(visit.at_doctor() == Told{"interrupted p-1"});
    CHECK(visit.patient.seat->resume());
    CHECK(visit.at_doctor() == Told{"resumed p-1"});
    CHECK(visit.patient.seat->resume());
    visit.world.advance(60s);
    CHECK(visit.at_doctor().empty());
    CHECK(visit.at_patient().empty());
    CHECK(send(visit.patient, RelayKind::others, "audio_toggled") == "ok");
    CHECK(visit.at_doctor() == Told{"audio_toggled {}"});
    visit.patient.seat->leave();
    CHECK(visit.at_doctor() == Told{"left p-1 left"});
}

TEST_CASE("a suspended seat is lost when the grace ends, and its connection hears nothing of that") {
    Visit visit;
    visit.patient.seat->suspend();
    visit.world.advance(14s);
    CHECK(visit.at_doctor() == Told{"interrupted p-1"});
    visit.world.advance(1s);
    CHECK(visit.at_doctor() == Told{"left p-1 grace_ended"});
    CHECK_FALSE(visit.patient.seat->resume());
    CHECK(send(visit.patient, RelayKind::others, "x") == "not_in_room");
    visit.patient.seat->connection_lost();
    visit.patient.seat.reset();
    visit.world.advance(60s);
    CHECK(visit.at_doctor().empty());
    CHECK(visit.at_patient().empty());
}

TEST_CASE("dropping a suspended seat changes nothing for the others until its grace ends") {
    Visit visit;
    visit.patient.seat->suspend();
    visit.world.advance(5s);
    visit.patient.seat.reset();
    CHECK(visit.at_doctor() == Told{"interrupted p-1"});
    visit.world.advance(10s);
    CHECK(visit.at_doctor() == Told{"left p-1 grace_ended"});
}

TEST_CASE("who enters with the same token takes a suspended seat over as a resumption") {
    Visit visit;
    visit.patient.seat->suspend();
    visit.world.advance(5s);
    auto again = visit.node().enter(visit.grant);
    CHECK(visit.at_doctor() == Told{"interrupted p-1", "resumed p-1"});
    CHECK(visit.at_patient() == Told{"lost replaced"});
    CHECK_FALSE(visit.patient.seat->resume());
    visit.patient.seat.reset();
    visit.world.advance(60s);
    CHECK(visit.at_doctor().empty());
    CHECK(send(again, RelayKind::others, "x") == "ok");
}

TEST_CASE("a newer token ends a suspended stay, which is not resumed") {
    Visit visit;
    visit.patient.seat->suspend();
    auto newer = visit.node().sit(visit.session, visit.node().patient());
    CHECK(visit.at_doctor() == Told{"interrupted p-1", "left p-1 rejoined", "joined p-1"});
    CHECK_FALSE(visit.patient.seat->resume());
    CHECK(send(newer, RelayKind::others, "x") == "ok");
}

TEST_CASE("who leaves by REST while suspended has left") {
    Visit visit;
    visit.patient.seat->suspend();
    REQUIRE(visit.node().domain->leave(visit.node().patient(), visit.session.session.id, visit.node().context()).ok());
    CHECK(visit.at_doctor() == Told{"interrupted p-1", "left p-1 left"});
    CHECK_FALSE(visit.patient.seat->resume());
}

TEST_CASE("with no grace to suspend is to leave") {
    consult::Settings settings;
    settings.grace = 0s;
    Visit visit(settings);
    visit.patient.seat->suspend();
    CHECK(visit.at_doctor() == Told{"left p-1 disconnected"});
    CHECK_FALSE(visit.patient.seat->resume());
}

TEST_CASE("what others on another node send reaches a suspended connection, and its return is news there") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.at_patient();
    pair.patient.seat->suspend();
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"interrupted p-1"});
    CHECK(send(pair.doctor, RelayKind::description, "webrtc_offer") == "ok");
    pair.world.settle();
    CHECK(pair.at_patient() == Told{"webrtc_offer {}"});
    CHECK(pair.patient.seat->resume());
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"resumed p-1"});
    pair.world.advance(60s);
    CHECK(pair.at_doctor().empty());
    CHECK(pair.stays().at(1).state == StayState::joined);
}

TEST_CASE("a suspended seat that is taken on another node is lost here") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    pair.patient = pair.b().enter(grant);
    pair.world.settle();
    pair.at_doctor();
    pair.at_patient();
    pair.patient.seat->suspend();
    pair.world.settle();
    auto moved = pair.a().enter(grant);
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"interrupted p-1", "resumed p-1"});
    CHECK(pair.at_patient() == Told{"lost replaced"});
    CHECK_FALSE(pair.patient.seat->resume());
    CHECK(send(moved, RelayKind::others, "x") == "ok");
}
