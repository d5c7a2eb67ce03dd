/// What is kept of sessions that are over, and for how long.
#include <algorithm>

#include "world.hpp"

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

/// Minutes stand for days here; the configuration takes no less than a day.
consult::Settings keeping(std::optional<std::chrono::minutes> names, std::optional<std::chrono::minutes> metadata,
                          std::optional<std::chrono::minutes> devices, std::optional<std::chrono::minutes> sessions) {
    consult::Settings settings;
    settings.retention = {names, metadata, devices, sessions};
    return settings;
}

const consult::Settings kAll = keeping(10min, 20min, 30min, 40min);

/// A visit with everything that retention is about.
struct Visit {
    explicit Visit(const consult::Settings& settings = kAll) : world(settings) {
        SessionDraft draft;
        draft.doctor_id = UserId("d-1");
        draft.patient_id = UserId("p-1");
        draft.scheduled_start_time = "2026-01-25T10:00:00";
        draft.scheduled_end_time = "2026-01-25T10:30:00";
        draft.metadata = R"({"ward":7})";
        auto created = node().domain->create(node().doctor(), draft, node().context());
        REQUIRE(created.ok());
        id = created->session.id;
        const InvitationDraft invited{.role = Role::guest, .display_name = "Aunt Guest"};
        auto invitation = node().domain->invite(node().doctor(), id, invited, node().context());
        REQUIRE(invitation.ok());
        invitation_id = invitation->invitation.id;
        JoinRequest request;
        request.session = id;
        request.device_type = "web";
        request.browser_info = "Firefox";
        request.display_name = "Dr. Who";
        REQUIRE(node().domain->join(node().doctor(), request, node().context()).ok());
        REQUIRE(node().domain->add_quality(node().doctor(), id, R"({"rtt":1})", node().context()).ok());
    }

    Node& node() { return *world.node; }
    RecordStore& records() { return *world.stores.ports.records; }
    void end() { REQUIRE(node().domain->end(node().doctor(), id, node().context()).ok()); }
    /// Another server in the place of the first.
    void restart(const consult::Settings& settings = kAll) {
        world.node.reset();
        world.node = std::make_unique<Node>(world, "node-" + std::to_string(++nodes), settings);
    }

    /// What is still there, a letter each: names, metadata, device information, the session.
    std::string kept() {
        const auto session = records().session(id, node().context());
        if (!*session) return "";
        std::string all;
        const auto doctor = world.attendee(id, "d-1");
        const auto invitation = records().invitation(invitation_id, node().context());
        const bool names = !doctor.display_name.empty();
        REQUIRE(names == !(*invitation)->display_name.empty());
        if (names) all += 'n';
        if (!(*session)->metadata.empty()) all += 'm';
        const bool devices = !doctor.device_type.empty();
        REQUIRE(devices == !doctor.browser_info.empty());
        REQUIRE(devices == !records().quality(id, 10, node().context())->empty());
        if (devices) all += 'd';
        CHECK((*session)->names_removed == !names);
        CHECK((*session)->metadata_removed == (*session)->metadata.empty());
        CHECK((*session)->device_information_removed == !devices);
        return all + 's';
    }
    /// The events of retention, in order.
    Told removals() {
        Told types;
        const auto events = records().events(0, 1000, node().context());
        for (const auto& event : *events)
            if (event.session == id && (event.type.ends_with("_removed") || event.type == "session.erased")) {
                CHECK(event.payload == "{\"session_id\":\"" + id.str() + "\"}");
                types.push_back(event.type);
            }
        return types;
    }

    World world;
    SessionId id;
    InvitationId invitation_id;
    int nodes = 0;
};

const Told kEveryRemoval{"session.names_removed", "session.metadata_removed", "session.device_information_removed",
                         "session.erased"};

/// Removals that a node has logged, each with the session's id alone.
std::size_t logged(Node& node) {
    std::size_t count = 0;
    for (const auto& record : node.log.records()) {
        if (record.event != "removed as configured") continue;
        CHECK(record.fields.size() == 2);
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("what belongs to a session goes when its time is over, each part once and the whole of it last") {
    Visit visit;
    visit.world.advance(5min);
    visit.end();
    CHECK(visit.kept() == "nmds");
    visit.world.advance(10min - 1s);
    CHECK(visit.kept() == "nmds");
    visit.world.advance(2s);
    CHECK(visit.kept() == "mds");
    visit.world.advance(10min);
    CHECK(visit.kept() == "ds");
    visit.world.advance(10min);
    CHECK(visit.kept() == "s");
    visit.world.advance(10min);
    CHECK(visit.kept() == "");
    CHECK(visit.removals() == kEveryRemoval);
    CHECK(logged(visit.node()) == 4);
    for (const auto* name : {"Dr. Who", "Aunt Guest", "Firefox", "ward"}) CHECK_FALSE(visit.node().log.mentions(name));
    CHECK(visit.node().metrics.value("televisit_retention_removals_total", {{"what", "names"}}) == 1);
    visit.world.advance(10min);
    CHECK(visit.removals() == kEveryRemoval);
}

TEST_CASE("nothing is removed before a session is over, and without retention nothing ever") {
    const bool ended = GENERATE(false, true);
    Visit visit(ended ? keeping({}, {}, {}, {}) : keeping(1min, 1min, 1min, 1min));
    if (ended) visit.end();
    visit.world.advance(44min);
    CHECK(visit.kept() == "nmds");
    CHECK(visit.removals().empty());
    if (ended) CHECK_FALSE(visit.world.record(visit.id).due_at);
}

TEST_CASE("retention counts from the end of a session, however it came") {
    Visit visit(keeping(10min, {}, {}, {}));
    const bool cancelled = GENERATE(true, false);
    if (cancelled)
        REQUIRE(visit.node().domain->cancel(visit.node().doctor(), visit.id, visit.node().context()).ok());
    else
        visit.world.advance(45min + 1s);
    CHECK(visit.world.record(visit.id).status == (cancelled ? SessionStatus::cancelled : SessionStatus::expired));
    const auto closed = visit.world.record(visit.id).closed_at;
    REQUIRE(closed);
    CHECK(visit.world.clock().now() - *closed < 2s);
    visit.world.advance(9min + 57s);
    CHECK(visit.kept() == "nmds");
    visit.world.advance(5s);
    CHECK(visit.kept() == "mds");
    CHECK_FALSE(visit.world.record(visit.id).due_at);
}

TEST_CASE("what came due while no server ran is removed at the next start, once") {
    Visit visit;
    visit.end();
    visit.world.node.reset();
    visit.world.clock().advance(25min);
    visit.restart();
    visit.world.advance(2s);
    CHECK(visit.kept() == "ds");
    visit.restart();
    visit.world.advance(30min);
    CHECK(visit.kept() == "");
    CHECK(visit.removals() == kEveryRemoval);
}

TEST_CASE("with two nodes everything is removed once") {
    Visit visit;
    auto& other = visit.world.second();
    visit.end();
    visit.world.advance(50min);
    CHECK(visit.kept() == "");
    CHECK(visit.removals() == kEveryRemoval);
    CHECK(logged(visit.node()) + logged(other) == 4);
}

TEST_CASE("a removal that another write comes before is made after it") {
    Visit visit(keeping(10min, {}, {}, {}));
    visit.end();
    int rivals = 0;
    visit.world.advance(10min - 2s);
    visit.world.stores.records.faults.before_calls([&](std::string_view function) {
        if (function != "commit" || rivals == 3) return;
        auto session = visit.world.record(visit.id);
        const auto expected = session.version;
        const auto operation = OperationId("rival-" + std::to_string(++rivals));
        REQUIRE(
            visit.records()
                .commit({operation, visit.world.clock().now(), {VersionedWrite<SessionRecord>{session, expected}}, {}},
                        visit.node().context())
                ->committed);
    });
    visit.world.advance(10s);
    CHECK(rivals == 3);
    CHECK(visit.kept() == "mds");
    CHECK(visit.removals() == Told{"session.names_removed"});
    CHECK(logged(visit.node()) == 1);
}

TEST_CASE("removals wait for a store that is away, and a lost answer does not repeat one") {
    Visit visit;
    visit.end();
    auto& faults = visit.world.stores.records.faults;
    visit.world.advance(9min);
    faults.break_with(Errc::unavailable);
    visit.world.advance(12min);
    faults.heal();
    visit.world.advance(2s);
    CHECK(visit.kept() == "ds");
    faults.before_calls([&](std::string_view function) {
        if (function == "commit") faults.lose_answers(1);
    });
    visit.world.advance(30min);
    faults.before_calls({});
    CHECK(visit.kept() == "");
    CHECK(visit.removals() == kEveryRemoval);
}

TEST_CASE("a retention that was shortened reaches sessions that closed before, and one that was lengthened, too") {
    Visit visit(keeping({}, {}, {}, 40min));
    visit.end();
    visit.world.advance(15min);
    CHECK(visit.kept() == "nmds");
    visit.restart(keeping(10min, {}, {}, 60min));
    visit.world.advance(3s);
    CHECK(visit.kept() == "mds");
    visit.world.advance(35min);
    CHECK(visit.kept() == "mds");
    visit.restart(keeping(10min, {}, {}, 60min));
    visit.world.advance(11min);
    CHECK(visit.kept() == "");
    CHECK(visit.removals() == Told{"session.names_removed", "session.erased"});
}

TEST_CASE("a retention that was taken back removes nothing any more") {
    Visit visit;
    visit.end();
    visit.world.advance(11min);
    visit.restart(keeping({}, {}, {}, {}));
    visit.world.advance(40min);
    CHECK(visit.kept() == "mds");
    CHECK_FALSE(visit.world.record(visit.id).due_at);
}

TEST_CASE("after a start earlier sessions are looked at page by page, and written only where it matters") {
    Visit visit(keeping({}, {}, {}, {}));
    std::vector<SessionId> ids;
    for (int i = 0; i < 250; ++i) {
        visit.world.clock().advance(1ms);
        ids.push_back(visit.node().create().session.id);
        if (i % 2 == 0)
            REQUIRE(visit.node().domain->cancel(visit.node().doctor(), ids.back(), visit.node().context()).ok());
    }
    const auto planned = [&] {
        return std::count_if(ids.begin(), ids.end(), [&](const SessionId& id) {
            const auto session = visit.world.record(id);
            return session.status == SessionStatus::cancelled && session.due_at == *session.closed_at + 40min;
        });
    };
    CHECK(planned() == 0);
    visit.restart(keeping({}, {}, {}, 40min));
    visit.world.advance(1s);
    CHECK(planned() == 50);
    visit.world.advance(1s);
    CHECK(planned() == 100);
    visit.world.advance(5s);
    CHECK(planned() == 125);
    CHECK(visit.node().log.mentions("retention of earlier sessions is as configured"));
    int commits = 0;
    visit.world.stores.records.faults.before_calls(
        [&](std::string_view function) { commits += function == "commit" ? 1 : 0; });
    visit.restart(keeping({}, {}, {}, 40min));
    visit.world.advance(10s);
    CHECK(commits == 0);
}

TEST_CASE("much that comes due at once does not keep a visit waiting whose time ends") {
    Visit visit(keeping({}, {}, {}, 40min));
    const auto last = visit.node().create().session.id;
    visit.world.advance(4min);
    for (int i = 0; i < 250; ++i) {
        const auto id = visit.node().create().session.id;
        REQUIRE(visit.node().domain->cancel(visit.node().doctor(), id, visit.node().context()).ok());
    }
    visit.world.advance(39min);
    visit.world.stores.records.faults.break_with(Errc::unavailable);
    visit.world.advance(3min);
    visit.world.stores.records.faults.heal();
    visit.world.advance(1s);
    CHECK(visit.world.record(last).status == SessionStatus::expired);
    CHECK(visit.removals().empty());
    CHECK(visit.node().metrics.value("televisit_retention_removals_total", {{"what", "session"}}) == 250);
}

TEST_CASE("what is removed of a session is not brought back by what is written late") {
    Visit visit(keeping(10min, {}, 10min, {}));
    auto doctor = visit.node().sit({visit.world.record(visit.id), "", "", false}, visit.node().doctor());
    visit.end();
    visit.world.advance(10min + 2s);
    doctor.seat->leave();
    visit.world.advance(10s);
    CHECK(visit.kept() == "ms");
}
