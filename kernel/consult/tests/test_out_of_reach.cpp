/// People whose server was out of reach for so long that the others took it for dead.
#include "consult/roster.hpp"
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

constexpr std::int32_t kSeats = 3;  // one beside those of doctor and patient

struct Absence {
    Absence() : session(world.node->create(kSeats)) { world.second(); }
    Node& a() { return *world.node; }
    Node& b() { return *world.other; }
    Identity guest() {
        const auto invited = a().domain->invite(a().doctor(), session.session.id, {Role::guest, "", {}}, a().context());
        REQUIRE(invited.ok());
        invitation = invited->invitation.id;
        return *a().domain->identify({invited->token}, a().context());
    }
    /// Nothing happens on the second server for so long that the first one takes its people for gone.
    void second_stands_still() {
        for (int second = 0; second < 30; ++second) {
            world.clock().advance(1s);
            a().executor.run_ready();
        }
    }
    std::vector<Stay> stays() {
        return (*world.stores.ports.presence->load(session.session.room_id, a().context()))->stays;
    }

    World world;
    CreatedSession session;
    InvitationId invitation;
};

std::string outcome(const Result<void>& done) {
    return done ? "ok" : std::string(done.error().name());
}

}  // namespace

TEST_CASE("who comes back too late, when others have the seats, is told that the room is full") {
    Absence absence;
    auto late = absence.b().sit(absence.session, absence.guest());
    absence.second_stands_still();
    auto quick = absence.a().sit(absence.session, absence.guest());
    absence.world.settle();
    CHECK(absence.b().told(late) == Told{"joined " + quick.self.user.str(), "lost room_full"});
    CHECK(absence.a().told(quick).empty());
    CHECK(send(late, RelayKind::others, "x") == "not_in_room");
    CHECK(absence.stays().size() == 1);
}

TEST_CASE("nobody is refused a seat that has become free again while their server was out of reach") {
    Absence absence;
    auto late = absence.b().sit(absence.session, absence.guest());
    absence.second_stands_still();
    auto quick = absence.a().sit(absence.session, absence.guest());
    absence.world.stores.bus.deliver();
    quick.seat->leave();
    absence.a().executor.run_ready();
    absence.world.stores.bus.lose(2);
    absence.world.settle();
    CHECK(send(late, RelayKind::others, "x") == "ok");
    REQUIRE(absence.stays().size() == 1);
    CHECK(absence.stays()[0].user == late.self.user);
}

TEST_CASE("who has left over REST while their server was out of reach does not come back") {
    Absence absence;
    auto doctor = absence.a().sit(absence.session, absence.a().doctor());
    auto patient = absence.b().sit(absence.session, absence.b().patient());
    absence.second_stands_still();
    CHECK(absence.stays().size() == 1);
    CHECK(outcome(absence.a().domain->leave(absence.a().patient(), absence.session.session.id,
                                            absence.a().context())) == "ok");
    absence.world.advance(30s);
    CHECK(absence.stays().size() == 1);
    CHECK(send(patient, RelayKind::others, "x") == "not_in_room");
}

TEST_CASE("who was kicked or revoked while their server was out of reach is told so") {
    Absence absence;
    auto guest = absence.b().sit(absence.session, absence.guest());
    const bool kicked = GENERATE(true, false);
    absence.second_stands_still();
    auto& domain = *absence.a().domain;
    const auto done = kicked
                          ? domain.operations().kick(absence.session.session.id, guest.self.user, absence.a().context())
                          : domain.revoke(absence.a().doctor(), absence.session.session.id, absence.invitation,
                                          absence.a().context());
    CHECK(outcome(done) == "ok");
    absence.world.settle();
    CHECK(absence.b().told(guest) == Told{kicked ? "lost kicked" : "lost revoked"});
    CHECK(absence.stays().empty());
}

TEST_CASE(
    "who has come and left elsewhere while their server was out of reach does not come back by the older socket") {
    Absence absence;
    const auto grant = absence.b().join(absence.session.session.id, absence.b().patient());
    auto older = absence.b().enter(grant);
    absence.second_stands_still();
    auto newer = absence.a().enter(grant);
    newer.seat->leave();
    absence.a().executor.run_ready();
    absence.world.stores.bus.lose(10);
    absence.world.settle();
    absence.world.advance(90s);
    CHECK(absence.b().told(older) == Told{"lost replaced"});
    CHECK(absence.stays().empty());
}

TEST_CASE("a server that has missed a departure learns of it, and why, from the truth") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.at_patient();
    const auto& id = pair.session.session.id;
    // The message about it is still on its way when the other server makes a step of its own.
    REQUIRE(outcome(pair.a().domain->operations().kick(id, UserId("p-1"), pair.a().context())) == "ok");
    pair.patient.seat->set_media(MediaKind::audio, false);
    pair.b().executor.run_ready();
    CHECK(pair.at_patient() == Told{"lost kicked"});
    pair.world.settle();
    CHECK(pair.stays().size() == 1);
    CHECK(pair.at_doctor() == Told{"left p-1 kicked"});
}

TEST_CASE("a room remembers the latest departures, and no more of them than it may") {
    RoomPresence truth;
    for (int i = 0; i < 40; ++i) {
        Stay stay;
        stay.id = StayId("s-" + std::to_string(i));
        stay.attendee = AttendeeId("a-" + std::to_string(i % 2));
        truth.stays.push_back(stay);
        consult::end_stay(truth, stay.id, LeaveReason::left);
    }
    CHECK(truth.departures.size() == consult::kMaxDepartures);
    CHECK(consult::last_departure(truth, AttendeeId("a-0"))->stay == StayId("s-38"));
    CHECK_FALSE(consult::find_departure(truth, StayId("s-1")));
}
