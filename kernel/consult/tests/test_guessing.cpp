/// Trying credentials until one fits.
#include <chrono>

#include "consult/guess_guard.hpp"
#include "world.hpp"

using namespace televisit;
using namespace televisit::consult;
using namespace televisit::consult::tests;

namespace {

const Error kWrong = error(Errc::unauthenticated, "invalid_token", "This credential is not valid.");

consult::Settings limited(std::int64_t attempts) {
    consult::Settings settings;
    settings.guessing = {attempts, 10s, 2, 100};
    return settings;
}

/// A guard apart from the rest, on a node's ports.
class Guarded {
  public:
    explicit Guarded(const GuessLimits& limits = {3, 10s, 2, 2})
        : world(),
          ports{.records = world.stores.records,
                .presence = world.stores.presence,
                .backplane = world.node->backplane,
                .clock = world.clock(),
                .secrets = world.secrets,
                .executor = world.node->executor,
                .events = world.node->events,
                .metrics = metrics,
                .logger = world.node->log},
          guard(limits, ports) {}

    bool free(const char* address, const char* credential = "some") { return guard.check(address, credential).ok(); }
    void fail(const char* address, int times = 1) {
        for (int i = 0; i < times; ++i) guard.refused(address, "guess", kWrong);
    }

    World world;
    testkit::FakeMetricRegistry metrics;
    Ports ports;
    GuessGuard guard;
};

std::string identifying(Node& node, std::string_view bearer, std::string_view address) {
    const auto who = node.domain->identify({bearer, address}, node.context());
    return who.ok() ? "ok" : std::string(who.error().name());
}

std::string entering(Node& node, const JoinGrant& grant, const std::string& token, std::string_view address) {
    EnterRequest request;
    request.room = grant.session.room_id;
    request.access_token = token;
    request.connection = {++node.world.connections};
    request.client_address = address;
    const auto entered = node.domain->enter(request, node.context());
    return entered.ok() ? "ok" : std::string(entered.error().name());
}

}  // namespace

TEST_CASE("an address that has guessed too often waits, and is forgiven one guess at a time") {
    Guarded at;
    at.fail("192.0.2.1", 2);
    CHECK(at.free("192.0.2.1"));
    at.fail("192.0.2.1");
    const auto refused = at.guard.check("192.0.2.1", "some");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::rate_limited);
    CHECK(refused.error().name() == "too_many_guesses");
    CHECK(refused.error().retry_after == 10s);
    CHECK(at.free("192.0.2.2"));

    at.world.clock().advance(9s);
    CHECK_FALSE(at.free("192.0.2.1"));
    at.world.clock().advance(1s);
    CHECK(at.free("192.0.2.1"));
    at.fail("192.0.2.1");
    CHECK_FALSE(at.free("192.0.2.1"));
    at.world.clock().advance(30s);
    CHECK(at.free("192.0.2.1"));
    at.fail("192.0.2.1", 2);
    CHECK(at.free("192.0.2.1"));
    CHECK(at.metrics.value("televisit_guesses_total", {}) == 6);
    CHECK(at.metrics.value("televisit_guessers_refused_total", {}) == 3);
}

TEST_CASE("a credential that has held is let through from an address that guesses, and is no guess itself") {
    Guarded at;
    at.guard.accepted("good");
    at.fail("192.0.2.1", 5);
    CHECK(at.free("192.0.2.1", "good"));
    CHECK_FALSE(at.free("192.0.2.1", "unknown"));
    for (int i = 0; i < 5; ++i) at.guard.refused("192.0.2.2", "good", kWrong);
    CHECK(at.free("192.0.2.2"));
}

TEST_CASE("credentials that were good once are no guesses, nor are faults of the server") {
    Guarded at;
    for (const char* reason : {"token_expired", "token_not_yet_valid", "invitation_expired", "invitation_revoked"})
        for (int i = 0; i < 5; ++i) at.guard.refused("192.0.2.1", "some", error(Errc::unauthenticated, reason, ""));
    for (int i = 0; i < 5; ++i) at.guard.refused("192.0.2.1", "some", error(Errc::unavailable, "keys_unavailable", ""));
    CHECK(at.free("192.0.2.1"));
}

TEST_CASE("addresses and credentials are remembered up to a limit, the latest longest") {
    Guarded at;
    at.fail("192.0.2.1", 3);
    at.fail("192.0.2.2", 3);
    CHECK_FALSE(at.free("192.0.2.1"));
    at.fail("192.0.2.3", 3);
    CHECK(at.free("192.0.2.2"));
    CHECK_FALSE(at.free("192.0.2.1"));
    CHECK_FALSE(at.free("192.0.2.3"));
    for (const char* good : {"one", "two", "three"}) at.guard.accepted(good);
    CHECK_FALSE(at.free("192.0.2.1", "one"));
    CHECK(at.free("192.0.2.1", "two"));
    CHECK(at.free("192.0.2.1", "three"));
}

TEST_CASE("a limit of 0 is none, and whoever has no address is not counted") {
    Guarded none({0, 10s, 2, 2});
    none.fail("192.0.2.1", 1000);
    CHECK(none.free("192.0.2.1"));
    Guarded at;
    at.fail("", 1000);
    CHECK(at.free(""));
}

TEST_CASE("guesses count alike whether they come with a request or into a room") {
    World world(limited(4));
    auto& node = *world.node;
    const auto session = node.create();
    const auto grant = node.join(session.session.id, node.doctor());
    CHECK(identifying(node, "wrong", "192.0.2.1") == "invalid_token");
    CHECK(entering(node, grant, "wrong", "192.0.2.1") == "invalid_token");
    CHECK(entering(node, grant, "", "192.0.2.1") == "invalid_token");
    CHECK(entering(node, grant, std::string(300, 'x'), "192.0.2.1") == "invalid_token");
    CHECK(identifying(node, "wrong", "192.0.2.1") == "too_many_guesses");
    CHECK(entering(node, grant, "wrong", "192.0.2.1") == "too_many_guesses");
    CHECK(identifying(node, session.patient_token, "192.0.2.1") == "too_many_guesses");
    CHECK(identifying(node, "d-1.DOCTOR", "192.0.2.1") == "too_many_guesses");
    // Nobody else is meant.
    CHECK(identifying(node, session.patient_token, "192.0.2.2") == "ok");
    CHECK(identifying(node, "wrong", "192.0.2.2") == "invalid_token");
    // What has held goes on; so does what has just been handed out.
    CHECK(identifying(node, session.patient_token, "192.0.2.1") == "ok");
    CHECK(entering(node, grant, grant.access_token, "192.0.2.1") == "ok");
    world.clock().advance(10s);
    CHECK(identifying(node, "d-1.DOCTOR", "192.0.2.1") == "ok");
    CHECK_FALSE(node.log.mentions("wrong"));
}

TEST_CASE("an access token that another has replaced is no guess") {
    World world(limited(1));
    auto& node = *world.node;
    const auto session = node.create();
    const auto old = node.join(session.session.id, node.doctor());
    node.join(session.session.id, node.doctor());
    CHECK(entering(node, old, old.access_token, "192.0.2.1") == "invalid_token");
    CHECK(entering(node, old, old.access_token, "192.0.2.1") == "invalid_token");
    CHECK(identifying(node, "d-1.DOCTOR", "192.0.2.1") == "ok");
}
