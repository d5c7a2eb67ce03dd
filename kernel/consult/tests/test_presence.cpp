#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

struct Visit {
    explicit Visit(consult::Settings settings = {}) : world(std::move(settings)), session(node().create(4)) {}
    Node& node() { return *world.node; }
    Client doctor() { return node().sit(session, node().doctor()); }
    Client patient() { return node().sit(session, node().patient()); }
    Told told(const Client& client) { return node().told(client); }

    World world;
    CreatedSession session;
};

}  // namespace

TEST_CASE("others hear user_joined before enter returns") {
    Visit visit;
    auto doctor = visit.doctor();
    CHECK(doctor.participants.size() == 1);
    auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto entered = visit.node().try_enter(grant, 77);
    REQUIRE(entered.ok());
    CHECK(visit.told(doctor) == Told{"joined p-1"});
    CHECK(entered->participants.size() == 2);
}

TEST_CASE("nothing reaches a joiner before its seat is open") {
    Visit visit;
    auto doctor = visit.doctor();
    auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto entered = visit.node().try_enter(grant, 77);
    REQUIRE(entered.ok());
    CHECK(send(doctor, RelayKind::description, "webrtc_offer") == "ok");
    CHECK(send(doctor, RelayKind::candidate, "ice_candidate") == "ok");
    doctor.seat->leave();
    CHECK(visit.node().listener.take(77).empty());
    entered->seat->open();
    CHECK(visit.node().listener.take(77) == Told{"webrtc_offer {}", "ice_candidate {}", "left d-1 left"});
}

TEST_CASE("leaving is told at once and once") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    patient.seat->leave();
    CHECK(visit.told(doctor) == Told{"left p-1 left"});
    patient.seat->leave();
    patient.seat->connection_lost();
    visit.world.settle();
    CHECK(visit.told(doctor).empty());
    CHECK(visit.told(patient).empty());
    CHECK(send(patient, RelayKind::others, "audio_toggled") == "not_in_room");
}

TEST_CASE("a lost connection is an interruption until its grace ends") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    patient.seat->connection_lost();
    CHECK(visit.told(doctor) == Told{"interrupted p-1"});
    CHECK(doctor.seat->members()[1].state == StayState::interrupted);
    visit.world.advance(14s);
    CHECK(visit.told(doctor).empty());
    visit.world.advance(1s);
    CHECK(visit.told(doctor) == Told{"left p-1 grace_ended"});
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("dropping a seat counts as a lost connection") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    patient.seat.reset();
    CHECK(visit.told(doctor) == Told{"interrupted p-1"});
}

TEST_CASE("a return with the same token inside the grace is a resumption") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto before = visit.node().enter(grant);
    visit.told(doctor);
    SECTION("after the interruption was written") {
        before.seat->connection_lost();
        visit.world.advance(5s);
    }
    SECTION("before it was written") {
        before.seat->connection_lost();
    }
    CHECK(visit.told(doctor) == Told{"interrupted p-1"});
    auto after = visit.node().enter(grant);
    CHECK(visit.told(doctor) == Told{"resumed p-1"});
    CHECK(after.self.peer == before.self.peer);
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
    CHECK(send(after, RelayKind::others, "audio_toggled") == "ok");
    CHECK(visit.told(doctor) == Told{"audio_toggled {}"});
}

TEST_CASE("a second socket with the same token takes the place over unnoticed") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto first = visit.node().enter(grant);
    visit.told(doctor);
    auto second = visit.node().enter(grant);
    CHECK(visit.told(doctor).empty());
    CHECK(visit.told(first) == Told{"lost replaced"});
    first.seat->connection_lost();
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
    CHECK(send(first, RelayKind::others, "x") == "not_in_room");
    CHECK(send(second, RelayKind::others, "x") == "ok");
}

TEST_CASE("entering with a newer token ends the old stay and begins another with the same peer id") {
    Visit visit;
    auto doctor = visit.doctor();
    auto first = visit.patient();
    visit.told(doctor);
    auto second = visit.patient();
    CHECK(visit.told(doctor) == Told{"left p-1 rejoined", "joined p-1"});
    CHECK(visit.told(first) == Told{"lost replaced"});
    CHECK(first.self.peer == second.self.peer);
    visit.world.settle();
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("an interrupted stay that a newer token follows is left once") {
    Visit visit;
    auto doctor = visit.doctor();
    auto first = visit.patient();
    first.seat->connection_lost();
    visit.told(doctor);
    auto second = visit.patient();
    CHECK(visit.told(doctor) == Told{"left p-1 rejoined", "joined p-1"});
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("the older token enters no new stay") {
    Visit visit;
    const auto older = visit.node().join(visit.session.session.id, visit.node().patient());
    const auto newer = visit.node().join(visit.session.session.id, visit.node().patient());
    CHECK(older.attendee.id == newer.attendee.id);
    CHECK(older.attendee.peer_id == newer.attendee.peer_id);
    CHECK(older.access_token != newer.access_token);
    const auto refused = visit.node().try_enter(older, 9);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unauthenticated);
    CHECK(visit.node().try_enter(newer, 9).ok());
}

TEST_CASE("join_room again on the same socket answers again and tells nobody") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto patient = visit.node().enter(grant);
    visit.told(doctor);
    auto again = visit.node().try_enter(grant, patient.connection);
    REQUIRE(again.ok());
    CHECK_FALSE(again->seat);
    CHECK(again->participants.size() == 2);
    CHECK(again->self.user.str() == "p-1");
    CHECK(visit.told(doctor).empty());
    CHECK(visit.told(patient).empty());
}

TEST_CASE("a socket that comes again with a newer token keeps its connection") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    const auto newer = visit.node().join(visit.session.session.id, visit.node().patient());
    auto again = visit.node().try_enter(newer, patient.connection);
    REQUIRE(again.ok());
    REQUIRE(again->seat);
    again->seat->open();
    CHECK(visit.told(patient).empty());
    CHECK(visit.told(doctor) == Told{"left p-1 rejoined", "joined p-1"});
    patient.seat.reset();
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("a connection cannot sit in a room as two people") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    const auto refused = visit.node().try_enter(grant, doctor.connection);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().name() == "already_seated");
}

TEST_CASE("after leaving, the same token begins a new stay") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    auto first = visit.node().enter(grant);
    visit.told(doctor);
    first.seat->leave();
    auto second = visit.node().enter(grant);
    CHECK(visit.told(doctor) == Told{"left p-1 left", "joined p-1"});
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("without grace a lost connection leaves at once") {
    consult::Settings settings;
    settings.grace = 0ms;
    Visit visit(settings);
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    patient.seat->connection_lost();
    CHECK(visit.told(doctor) == Told{"left p-1 disconnected"});
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("what members send is remembered for those who come later") {
    Visit visit;
    auto doctor = visit.doctor();
    doctor.seat->set_media(MediaKind::audio, false);
    doctor.seat->set_media(MediaKind::screen_share, true);
    SECTION("before it was written") {}
    SECTION("after it was written") {
        visit.world.settle();
    }
    auto patient = visit.patient();
    REQUIRE(patient.participants.size() == 2);
    CHECK_FALSE(patient.participants[0].media.audio);
    CHECK(patient.participants[0].media.video);
    CHECK(patient.participants[0].media.screen_share);
}

TEST_CASE("leaving works while the presence store is away, and is written when it is back") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.told(doctor);
    visit.world.stores.presence.faults.break_with(Errc::unavailable);
    patient.seat->leave();
    CHECK(visit.told(doctor) == Told{"left p-1 left"});
    visit.world.advance(30s);
    CHECK(send(doctor, RelayKind::others, "x") == "ok");
    const auto grant = visit.node().domain->join(visit.node().patient(), {.session = visit.session.session.id},
                                                 visit.node().context());
    CHECK_FALSE(grant.ok());
    visit.world.stores.presence.faults.heal();
    visit.world.advance(30s);
    CHECK(visit.told(doctor).empty());
    const auto room = visit.session.session.room_id;
    const auto truth = visit.world.stores.ports.presence->load(room, visit.node().context());
    REQUIRE(truth.ok());
    CHECK((*truth)->stays.size() == 1);
    CHECK(visit.world.attendee(visit.session.session.id, "p-1").left_at.has_value());
}

TEST_CASE("a full executor only delays the truth") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.world.settle();
    visit.told(doctor);
    visit.node().executor.refuse(true);
    patient.seat->leave();
    CHECK(visit.told(doctor) == Told{"left p-1 left"});
    visit.node().executor.refuse(false);
    visit.world.advance(2s);
    const auto truth = visit.world.stores.ports.presence->load(visit.session.session.room_id, visit.node().context());
    CHECK((*truth)->stays.size() == 1);
}

TEST_CASE("an entering whose answer got lost is looked into") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    visit.world.settle();
    visit.told(doctor);
    visit.world.stores.presence.faults.before_calls([&](std::string_view function) {
        if (function != "replace") return;
        visit.world.stores.presence.faults.before_calls({});
        visit.world.stores.presence.faults.lose_answers(1);
    });
    auto patient = visit.node().enter(grant);
    CHECK(visit.told(doctor) == Told{"joined p-1"});
    CHECK(visit.world.attendee(visit.session.session.id, "p-1").joined_at.has_value());
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("an entering whose answer got lost leaves no ghost") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    visit.world.settle();
    visit.world.stores.presence.faults.lose_answers(2);  // of the step, and of looking again
    const auto lost = visit.node().try_enter(grant, 50);
    REQUIRE_FALSE(lost.ok());
    CHECK(lost.error().code == Errc::timeout);
    visit.told(doctor);
    auto patient = visit.node().enter(grant);
    CHECK(visit.told(doctor) == Told{"joined p-1"});
    CHECK(patient.participants.size() == 2);
    CHECK(visit.world.record(visit.session.session.id).patient_seen);
    CHECK(visit.world.attendee(visit.session.session.id, "p-1").joined_at.has_value());
    visit.world.advance(60s);
    CHECK(visit.told(doctor).empty());
}

TEST_CASE("an entering that nobody repeats after its answer got lost ends with the grace") {
    Visit visit;
    auto doctor = visit.doctor();
    const auto grant = visit.node().join(visit.session.session.id, visit.node().patient());
    visit.world.settle();
    visit.told(doctor);
    visit.world.stores.presence.faults.lose_answers(2);
    REQUIRE_FALSE(visit.node().try_enter(grant, 50).ok());
    visit.world.advance(60s);
    CHECK(visit.told(doctor) == Told{"joined p-1", "interrupted p-1", "left p-1 grace_ended"});
}

TEST_CASE("a store that has lost a room is told again who sits in it") {
    Visit visit;
    auto doctor = visit.doctor();
    auto patient = visit.patient();
    visit.world.settle();
    visit.told(doctor);
    auto& presence = *visit.world.stores.ports.presence;
    const auto& room = visit.session.session.room_id;
    const auto load = [&] { return *presence.load(room, visit.node().context()); };
    make_step(presence, room, visit.node().context(),
              [&](RoomPresence& next) { next.expires_at = visit.world.clock().now(); });
    REQUIRE(load()->stays.empty());
    doctor.seat->set_media(MediaKind::audio, false);
    visit.world.settle();
    CHECK(load()->stays.size() == 2);
    CHECK(load()->seq == 1);
    CHECK(visit.told(doctor).empty());
    CHECK(visit.told(patient).empty());
    CHECK(send(doctor, RelayKind::others, "x") == "ok");
    patient.seat->leave();
    visit.world.advance(60s);
    CHECK(visit.told(doctor) == Told{"left p-1 left"});
    CHECK(load()->stays.size() == 1);
}

TEST_CASE("a room that nobody needs is forgotten") {
    Visit visit;
    auto doctor = visit.doctor();
    CHECK(visit.node().backplane.subscriptions() == 1);
    CHECK(visit.node().metrics.value("televisit_rooms_open") == 1);
    doctor.seat->leave();
    doctor.seat.reset();
    visit.world.advance(2s);
    CHECK(visit.node().backplane.subscriptions() == 0);
    CHECK(visit.node().metrics.value("televisit_rooms_open") == 0);
    CHECK(visit.doctor().participants.size() == 1);
}

TEST_CASE("a stop keeps to its deadline, however many farewells are still to be written") {
    World world;
    std::vector<Client> doctors;
    for (int i = 0; i < 20; ++i) doctors.push_back(world.node->sit(world.node->create(), world.node->doctor()));
    world.stores.records.faults.break_with(Errc::unavailable);
    for (auto& doctor : doctors) doctor.seat->leave();
    world.settle();
    world.stores.records.faults.heal();
    std::size_t written = 0;
    world.stores.records.faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        ++written;
        world.clock().advance(1s);
    });
    const auto deadline = world.clock().steady_now() + 10s;
    world.node->domain->stop({deadline, RequestId{"stop"}});
    world.node->alive = false;
    CHECK(world.clock().steady_now() < deadline);
    CHECK(written > 0);
    CHECK(written < doctors.size());
}

TEST_CASE("a node opens no more rooms than it may") {
    consult::Settings settings;
    settings.max_rooms = 1;
    Visit visit(settings);
    auto doctor = visit.doctor();
    const auto another = visit.node().create();
    const auto grant = visit.node().join(another.session.id, visit.node().doctor());
    const auto refused = visit.node().try_enter(grant, 60);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().name() == "too_many_rooms");
    CHECK(refused.error().retry_after.has_value());
    CHECK(send(doctor, RelayKind::others, "x") == "ok");
}
