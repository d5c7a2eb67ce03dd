/// The end of a session, and those who come in that moment.
#include "pair.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

std::string outcome(const Result<SessionRecord>& done) {
    return done.ok() ? "ok" : std::string(done.error().name());
}

}  // namespace

TEST_CASE("who enters while the session ends is refused and not counted, also when no tombstone could be placed") {
    Pair pair;
    const auto& id = pair.session.session.id;
    const auto grant = pair.b().join(id, pair.b().patient());
    auto& faults = pair.world.stores.presence.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "replace") return;
        faults.before_calls({});
        faults.break_with(Errc::unavailable);
        CHECK(outcome(pair.a().domain->end(pair.a().doctor(), id, pair.a().context())) == "ok");
        faults.heal();
    });
    const auto refused = pair.b().try_enter(grant, 71);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().name() == "session_over");
    pair.world.advance(30s);
    CHECK(pair.stays().empty());
    CHECK(pair.a().domain->metrics(pair.a().doctor(), id, pair.a().context())->total_participants == 0);
    CHECK_FALSE(pair.world.attendee(id, "p-1").joined_at);
}

TEST_CASE("who enters just before the session ends is counted") {
    Pair pair;
    const auto& id = pair.session.session.id;
    pair.seat_both();
    const auto invited = pair.a().domain->invite(pair.a().doctor(), id, {Role::guest, "", {}}, pair.a().context());
    const auto grant = pair.b().join(id, *pair.b().domain->identify({invited->token}, pair.b().context()));
    Client guest;
    auto& faults = pair.world.stores.records.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        faults.before_calls({});
        guest = pair.b().enter(grant);  // the end has read by now who was in
    });
    REQUIRE(outcome(pair.a().domain->end(pair.a().doctor(), id, pair.a().context())) == "ok");
    REQUIRE(guest.seat);
    CHECK(pair.a().domain->metrics(pair.a().doctor(), id, pair.a().context())->total_participants == 3);
    CHECK(pair.world.attendee(id, guest.self.user.str()).left_at.has_value());
}

TEST_CASE("nobody is let in before the records say so") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    pair.world.settle();
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    auto& faults = pair.world.stores.records.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        faults.before_calls({});
        faults.break_with(Errc::unavailable);
    });
    const auto refused = pair.b().try_enter(grant, 71);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    faults.heal();
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"joined p-1", "interrupted p-1"});
    pair.patient = pair.b().enter(grant);
    pair.world.settle();
    CHECK(pair.at_doctor() == Told{"resumed p-1"});
    CHECK(pair.world.attendee(pair.session.session.id, "p-1").joined_at.has_value());
}

TEST_CASE("whoever joins anew while entering with the older token does not get in with it") {
    Pair pair;
    pair.doctor = pair.a().sit(pair.session, pair.a().doctor());
    const auto older = pair.b().join(pair.session.session.id, pair.b().patient());
    JoinGrant newer;
    auto& faults = pair.world.stores.presence.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "replace") return;
        faults.before_calls({});
        newer = pair.a().join(pair.session.session.id, pair.a().patient());
    });
    CHECK(pair.b().try_enter(older, 71).error().name() == "invalid_token");
    pair.world.settle();
    pair.patient = pair.a().enter(newer);
    pair.world.settle();
    CHECK(pair.stays().size() == 2);
    CHECK(pair.at_doctor() == Told{"joined p-1", "left p-1 rejoined", "joined p-1"});
}

TEST_CASE("the records say of everybody who was in when they left, also when nobody came to writing it") {
    Pair pair;
    pair.seat_both();
    const auto& id = pair.session.session.id;
    pair.world.advance(60s);
    pair.world.stores.records.faults.break_with(Errc::unavailable);
    pair.patient.seat->leave();
    pair.b().executor.run_ready();
    pair.b().kill();
    pair.world.stores.records.faults.heal();
    pair.world.advance(60s);
    CHECK_FALSE(pair.world.attendee(id, "p-1").left_at.has_value());
    REQUIRE(outcome(pair.a().domain->end(pair.a().doctor(), id, pair.a().context())) == "ok");
    CHECK(pair.world.attendee(id, "p-1").left_at == pair.world.clock().now());
}

TEST_CASE("who learns of the end late is told how it ended") {
    Pair pair;
    pair.seat_both();
    pair.at_doctor();
    pair.world.stores.bus.lose(10);
    pair.world.clock().jump_to(pair.world.clock().now() + 46min);
    pair.b().executor.run_ready();  // the first server hears nothing of it
    CHECK(pair.world.record(pair.session.session.id).end_reason.empty());
    pair.world.clock().advance(1s);
    pair.b().executor.run_ready();
    CHECK(pair.world.record(pair.session.session.id).end_reason == "window_closed");
    pair.doctor.seat->set_media(MediaKind::audio, false);
    pair.a().executor.run_ready();
    CHECK(pair.at_doctor() == Told{"ended window_closed", "lost session_over"});
}

TEST_CASE("who comes again just before the session ends has left when it ends") {
    Pair pair;
    const auto& id = pair.session.session.id;
    pair.seat_both();
    pair.patient.seat->leave();
    pair.world.advance(10s);
    const auto grant = pair.b().join(id, pair.b().patient());
    auto& faults = pair.world.stores.records.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        faults.before_calls({});
        pair.patient = pair.b().enter(grant);
    });
    REQUIRE(outcome(pair.a().domain->end(pair.a().doctor(), id, pair.a().context())) == "ok");
    CHECK(pair.world.attendee(id, "p-1").left_at == pair.world.clock().now());
}

TEST_CASE("who leaves over REST while entering is told so") {
    Pair pair;
    const auto& id = pair.session.session.id;
    const auto grant = pair.b().join(id, pair.b().patient());
    auto& faults = pair.world.stores.records.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        faults.before_calls({});
        REQUIRE(pair.a().domain->leave(pair.a().patient(), id, pair.a().context()).ok());
        pair.world.stores.bus.deliver();
    });
    CHECK(pair.b().try_enter(grant, 71).error().name() == "not_in_room");
    pair.world.settle();
    CHECK(pair.stays().empty());
}

TEST_CASE("who entered on a server that died before it could write so is on record when they have left") {
    Pair pair;
    const auto grant = pair.b().join(pair.session.session.id, pair.b().patient());
    auto& faults = pair.world.stores.records.faults;
    faults.before_calls([&](std::string_view function) {
        if (function != "commit") return;
        faults.before_calls({});
        faults.break_with(Errc::unavailable);
    });
    REQUIRE_FALSE(pair.b().try_enter(grant, 71).ok());
    pair.b().kill();
    faults.heal();
    pair.world.advance(30s);
    CHECK(pair.stays().empty());
    const auto attendee = pair.world.attendee(pair.session.session.id, "p-1");
    CHECK(attendee.joined_at.has_value());
    CHECK(attendee.left_at.has_value());
    CHECK(pair.world.record(pair.session.session.id).patient_seen);
}
