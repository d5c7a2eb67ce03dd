#include "world.hpp"

#include <thread>

using namespace televisit;
using namespace televisit::consult::tests;

namespace {

/// The reason why that person cannot join, or "ok".
std::string joining(Node& node, const SessionId& session, const Identity& who) {
    const auto grant = node.domain->join(who, {.session = session}, node.context());
    return grant.ok() ? "ok" : std::string(grant.error().name());
}

struct FixedPolicy final : AdmissionPolicy {
    Result<Admission> admit(const AdmissionRequest&, const CallContext& context) override {
        ++asked;
        deadline = context.deadline;
        if (hanging) hanging->advance(std::chrono::duration_cast<Duration>(deadline - hanging->steady_now()));
        if (broken || hanging) return error(Errc::timeout, "too slow");
        return answer;
    }
    Admission answer;
    bool broken = false;
    testkit::ManualClock* hanging = nullptr;
    SteadyTime deadline{};
    int asked = 0;
};

/// A server with a policy.
struct Guarded {
    explicit Guarded(consult::Settings settings = {}) : world(settings) {
        world.node.reset();
        world.policy = &policy;
        world.node = std::make_unique<Node>(world, "node-p", settings);
        session = node().create().session.id;
    }
    Node& node() { return *world.node; }
    std::string joining() { return ::joining(node(), session, node().doctor()); }

    FixedPolicy policy;
    World world;
    SessionId session;
};

}  // namespace

TEST_CASE("a join answers everything that a client needs") {
    World world;
    const auto session = world.node->create();
    JoinRequest request{.session = session.session.id,
                        .device_type = "web",
                        .browser_info = "Firefox",
                        .display_name = "Dr. Who",
                        .client_address = "192.0.2.7",
                        .public_origin = "https://visit.example.org/"};
    const auto grant = world.node->domain->join(world.node->doctor(), request, world.node->context());
    REQUIRE(grant.ok());
    CHECK(grant->signaling_server_url == "https://visit.example.org/socket.io");
    CHECK(grant->attendee.peer_id.view().starts_with("doctor_d-1_"));
    CHECK(grant->attendee.role == Role::doctor);
    CHECK(grant->attendee.user.str() == "d-1");
    CHECK(grant->access_token.size() == 43);
    CHECK(grant->access_token.find('.') == std::string::npos);
    CHECK(grant->ice.servers.size() == 1);
    CHECK(grant->ice.ttl == 45min);
    CHECK(world.ice.asked.at(0).client_address == "192.0.2.7");
    CHECK(grant->participants.empty());
    CHECK(grant->window.opens_at == grant->session.scheduled_start - 15min);
    CHECK(grant->window.closes_at == grant->session.scheduled_end + 15min);
    const auto kept = world.attendee(session.session.id, "d-1");
    CHECK(kept.access_token != grant->access_token);
    CHECK(kept.display_name == "Dr. Who");
    CHECK(kept.browser_info == "Firefox");
}

TEST_CASE("the configured origin wins over that of the request") {
    consult::Settings settings;
    settings.public_url = "https://visit.example.org";
    World world(settings);
    const auto grant = world.node->join(world.node->create().session.id, world.node->doctor());
    CHECK(grant.signaling_server_url == "https://visit.example.org/socket.io");
}

TEST_CASE("the window decides when a session can be joined and entered") {
    World world;
    const auto session = world.node->create().session.id;
    world.clock().jump_to(world.clock().now() - 16min);
    const auto early = world.node->domain->join(world.node->doctor(), {.session = session}, world.node->context());
    REQUIRE_FALSE(early.ok());
    CHECK(early.error().name() == "join_too_early");
    CHECK(early.error().members.at(0) == std::pair<std::string, std::string>("opens_at", "\"2026-01-25T09:45:00Z\""));
    world.clock().jump_to(world.clock().now() + 1min);
    CHECK(joining(*world.node, session, world.node->doctor()) == "ok");
    const auto grant = world.node->join(session, world.node->patient());
    world.clock().jump_to(world.clock().now() + 60min);
    CHECK(joining(*world.node, session, world.node->doctor()) == "join_too_late");
    CHECK(world.node->try_enter(grant, 1).error().name() == "join_too_late");
}

TEST_CASE("who has no part in a session is not told that it is there") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    CHECK(joining(node, session, node.account("d-2", Role::doctor)) == "session_not_found");
    CHECK(joining(node, session, node.account("p-1", Role::doctor)) == "session_not_found");
    CHECK(joining(node, session, node.account("d-1", Role::patient)) == "session_not_found");
    CHECK(joining(node, session, node.account("g-1", Role::guest)) == "session_not_found");
    CHECK(joining(node, SessionId("none"), node.doctor()) == "session_not_found");
    CHECK(joining(node, session, node.account("root", Role::admin)) == "not_a_participant");
    const auto another = node.create();
    const auto invited = node.domain->identify({another.patient_token}, node.context());
    REQUIRE(invited.ok());
    CHECK(joining(node, session, *invited) == "session_not_found");
}

TEST_CASE("invitation tokens are the same people as their accounts") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    for (const auto& [token, account] :
         {std::pair(session.doctor_token, node.doctor()), std::pair(session.patient_token, node.patient())}) {
        CHECK(token.find('.') == std::string::npos);
        const auto invited = node.domain->identify({token}, node.context());
        REQUIRE(invited.ok());
        CHECK(invited->user == account.user);
        CHECK(invited->role == account.role);
        const auto by_token = node.join(session.session.id, *invited);
        const auto by_account = node.join(session.session.id, account);
        CHECK(by_token.attendee.id == by_account.attendee.id);
        CHECK(by_token.attendee.peer_id == by_account.attendee.peer_id);
    }
    CHECK(session.doctor_token != session.patient_token);
}

TEST_CASE("credentials that are none are refused") {
    World world;
    auto& node = *world.node;
    const auto reason = [&](std::string_view bearer) {
        const auto who = node.domain->identify({bearer}, node.context());
        return who.ok() ? "ok " + who->user.str() : std::string(to_string(who.error().code));
    };
    CHECK(reason("d-1.DOCTOR") == "ok d-1");
    CHECK(reason("") == "unauthenticated");
    CHECK(reason("d-1.NOBODY") == "unauthenticated");
    CHECK(reason("abcdef") == "unauthenticated");
    CHECK(reason(std::string(100'000, 'x')) == "unauthenticated");
    CHECK(reason(std::string(65, 'x') + ".DOCTOR") == "unauthenticated");
    CHECK(reason("bad\x01id.DOCTOR") == "unauthenticated");
}

TEST_CASE("an access token is that attendee, but cannot join again") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    const auto grant = node.join(session, node.patient());
    const auto who = node.domain->identify({grant.access_token}, node.context());
    REQUIRE(who.ok());
    CHECK(who->via == Credential::access_token);
    CHECK(who->user.str() == "p-1");
    CHECK(joining(node, session, *who) == "access_token_not_accepted");
    CHECK(node.domain->ice_servers(*who, session, "192.0.2.1", node.context()).ok());
}

TEST_CASE("fifty parallel joins of one identity give one attendee") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::vector<JoinGrant> grants;
    for (int i = 0; i < 50; ++i)
        threads.emplace_back([&] {
            auto grant = node.domain->join(node.patient(), {.session = session}, node.context());
            const std::lock_guard lock(mutex);
            if (grant.ok()) grants.push_back(std::move(*grant));
        });
    for (auto& thread : threads) thread.join();
    REQUIRE(grants.size() == 50);
    std::set<std::string> peers;
    std::set<std::string> ids;
    std::set<std::string> tokens;
    for (const auto& grant : grants) {
        peers.insert(grant.attendee.peer_id.str());
        ids.insert(grant.attendee.id.str());
        tokens.insert(grant.access_token);
    }
    CHECK(peers.size() == 1);
    CHECK(ids.size() == 1);
    CHECK(tokens.size() == 50);
    CHECK(world.stores.ports.records->attendees(session, node.context())->size() == 1);
}

TEST_CASE("the seats of doctor and patient are reserved") {
    World world;
    auto& node = *world.node;
    const auto session = node.create(3);
    std::vector<Identity> guests;
    for (int i = 0; i < 2; ++i) {
        const auto invited =
            node.domain->invite(node.doctor(), session.session.id, {Role::guest, "", {}}, node.context());
        REQUIRE(invited.ok());
        guests.push_back(*node.domain->identify({invited->token}, node.context()));
    }
    const auto early_grant = node.join(session.session.id, guests[1]);
    auto guest = node.sit(session, guests[0]);
    CHECK(joining(node, session.session.id, guests[1]) == "room_full");
    CHECK(node.try_enter(early_grant, 90).error().name() == "room_full");
    CHECK(joining(node, session.session.id, guests[0]) == "ok");
    auto doctor = node.sit(session, node.doctor());
    auto patient = node.sit(session, node.patient());
    CHECK(patient.participants.size() == 3);
    guest.seat->connection_lost();
    CHECK(node.try_enter(early_grant, 90).error().name() == "room_full");
    guest.seat.reset();
    world.advance(16s);
    CHECK(node.try_enter(early_grant, 90).ok());
}

TEST_CASE("a token enters its own room and as its own person only") {
    World world;
    auto& node = *world.node;
    const auto grant = node.join(node.create().session.id, node.doctor());
    const auto other = node.create();
    EnterRequest request{.room = other.session.room_id, .access_token = grant.access_token, .connection = {1}};
    CHECK(node.domain->enter(request, node.context()).error().name() == "wrong_room");
    request.room = grant.session.room_id;
    request.user_claim = "p-1";
    CHECK(node.domain->enter(request, node.context()).error().name() == "spoofed_sender");
    request.user_claim = "";
    request.role_claim = "PATIENT";
    CHECK(node.domain->enter(request, node.context()).error().name() == "spoofed_sender");
    request.role_claim = "";
    request.access_token = "";
    CHECK(node.domain->enter(request, node.context()).error().name() == "invalid_token");
    request.access_token = other.doctor_token;
    CHECK(node.domain->enter(request, node.context()).error().name() == "invalid_token");
}

TEST_CASE("fields that are too long or hold control characters are named") {
    World world;
    auto& node = *world.node;
    JoinRequest request{.session = node.create().session.id,
                        .device_type = std::string(65, 'x'),
                        .browser_info = "a\nb",
                        .display_name = "\xff"};
    const auto refused = node.domain->join(node.doctor(), request, node.context());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::invalid);
    REQUIRE(refused.error().fields.size() == 3);
    CHECK(refused.error().fields[0].pointer == "/device_type");
    CHECK(refused.error().fields[1].code == "bad_characters");
    CHECK(refused.error().fields[2].pointer == "/display_name");
}

TEST_CASE("an admission policy may refuse or ask to wait, and what its failure means is configured") {
    const bool open = GENERATE(false, true);
    consult::Settings settings;
    settings.admit_without_policy = open;
    Guarded at(settings);
    CHECK(at.joining() == "ok");
    at.policy.answer = {Verdict::refuse, "consent_missing", "Please sign the form first.", {}};
    CHECK(at.joining() == "consent_missing");
    at.policy.answer = {Verdict::wait, "", "", 30s};
    const auto wait = at.node().domain->join(at.node().doctor(), {.session = at.session}, at.node().context());
    CHECK(wait.error().code == Errc::conflict);
    CHECK(wait.error().name() == "please_wait");
    CHECK(wait.error().retry_after == 30s);
    at.policy.broken = true;
    for (int i = 0; i < 10; ++i) CHECK(at.joining() == (open ? "ok" : "admission_unavailable"));
    CHECK(at.policy.asked == 13);  // one that fails at once is asked each time
    CHECK(at.node().metrics.value("televisit_admission_unanswered_total", {}) == 10);
}

TEST_CASE("what an admission policy says reaches the client as a name and a plain text, or not at all") {
    Guarded at;
    const auto refused = [&](Admission answer) {
        at.policy.answer = std::move(answer);
        const auto grant = at.node().domain->join(at.node().doctor(), {.session = at.session}, at.node().context());
        REQUIRE_FALSE(grant.ok());
        return std::string(grant.error().name()) + "|" + grant.error().message;
    };
    const std::string plain = "not_admitted|You cannot join at the moment.";
    CHECK(refused({Verdict::refuse, "", "", {}}) == plain);
    CHECK(refused({Verdict::refuse, "Not A Name\r\n", "a\nb", {}}) == plain);
    CHECK(refused({Verdict::refuse, std::string(65, 'x'), "\xff", {}}) == plain);
    CHECK(refused({Verdict::refuse, "fee_due", std::string(513, 'x'), {}}) == "fee_due|You cannot join at the moment.");
    CHECK(refused({Verdict::refuse, "fee_due", "Bitte zahlen Sie zuerst die Gebühr.", {}}) ==
          "fee_due|Bitte zahlen Sie zuerst die Gebühr.");
}

TEST_CASE("a policy has its own deadline, within that of the join") {
    Guarded at;
    const auto now = at.world.clock().steady_now();
    CHECK(at.joining() == "ok");
    CHECK(at.policy.deadline == now + 3s);
    const CallContext hasty{now + 1s, RequestId{"hasty"}};
    CHECK(at.node().domain->join(at.node().doctor(), {.session = at.session}, hasty).ok());
    CHECK(at.policy.deadline == now + 1s);
}

TEST_CASE("a policy that hangs is not waited for by everybody, and is asked again") {
    Guarded at;
    at.policy.hanging = &at.world.clock();
    for (int i = 0; i < 10; ++i) CHECK(at.joining() == "admission_unavailable");
    CHECK(at.policy.asked == 3);
    at.world.clock().advance(1s);
    CHECK(at.joining() == "admission_unavailable");
    CHECK(at.joining() == "admission_unavailable");
    CHECK(at.policy.asked == 4);
    at.policy.hanging = nullptr;
    CHECK(at.joining() == "admission_unavailable");
    at.world.clock().advance(1s);
    CHECK(at.joining() == "ok");
    CHECK(at.joining() == "ok");
    CHECK(at.policy.asked == 6);
}

TEST_CASE("a policy that was silent now and then is asked by everybody") {
    Guarded at;
    for (int i = 0; i < 5; ++i) {
        at.policy.hanging = &at.world.clock();
        CHECK(at.joining() == "admission_unavailable");
        at.policy.hanging = nullptr;
        CHECK(at.joining() == "ok");
    }
    CHECK(at.policy.asked == 10);
}

TEST_CASE("a join without ice servers is still a join") {
    World world;
    world.ice.broken = true;
    const auto grant = world.node->join(world.node->create().session.id, world.node->doctor());
    CHECK(grant.ice.servers.empty());
    CHECK(world.node->log.mentions("ice servers not to be had"));
}

TEST_CASE("ice servers are for attendees of a visit that is not over") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    const auto ask = [&](const Identity& who) {
        const auto servers = node.domain->ice_servers(who, session, "", node.context());
        return servers.ok() ? "ok" : std::string(servers.error().name());
    };
    CHECK(ask(node.patient()) == "not_an_attendee");
    CHECK(ask(node.account("root", Role::admin)) == "not_an_attendee");
    CHECK(ask(node.account("x", Role::doctor)) == "session_not_found");
    node.join(session, node.patient());
    CHECK(ask(node.patient()) == "ok");
    REQUIRE(node.domain->end(node.doctor(), session, node.context()).ok());
    CHECK(ask(node.patient()) == "session_over");
}

TEST_CASE("a store that is away is answered with unavailable, and no token is ever logged") {
    World world;
    auto& node = *world.node;
    const auto session = node.create();
    const auto grant = node.join(session.session.id, node.doctor());
    world.stores.records.faults.break_with(Errc::unavailable);
    CHECK(joining(node, session.session.id, node.doctor()) == "unavailable");
    CHECK(node.try_enter(grant, 4).error().code == Errc::unavailable);
    CHECK(node.domain->identify({grant.access_token}, node.context()).error().code == Errc::unavailable);
    world.advance(10s);
    world.stores.records.faults.heal();
    for (const auto& secret : {grant.access_token, session.doctor_token, session.patient_token})
        CHECK_FALSE(node.log.mentions(secret));
}

TEST_CASE("a join whose answer got lost is settled by its operation id") {
    World world;
    auto& node = *world.node;
    const auto session = node.create().session.id;
    world.stores.records.faults.before_calls([&](std::string_view function) {
        if (function == "commit") {
            world.stores.records.faults.before_calls({});
            world.stores.records.faults.lose_answers(1);
        }
    });
    CHECK(joining(node, session, node.doctor()) == "ok");
    CHECK(world.attendee(session, "d-1").token_number == 1);
}
