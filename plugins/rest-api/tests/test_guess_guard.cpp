#include "guess_guard.hpp"

#include "address_key.hpp"
#include "rest_fixture.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::rest_api;
using namespace televisit::rest_api::testing;

namespace {

const Error kWrong = error(Errc::unauthenticated, "invalid_token", "This credential is not valid.");

class Guarded {
  public:
    explicit Guarded(GuessLimits limits = {3, 10s, 2, 2})
        : guard(limits, host.manual_clock, host.secrets(), host.metrics()) {}

    bool free(const char* address, const char* credential = "some") { return guard.check(address, credential).ok(); }
    void fail(const char* address, int times = 1) {
        for (int i = 0; i < times; ++i) guard.refused(address, kWrong);
    }

    testkit::FakeHost host;
    GuessGuard guard;
};

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

    at.host.manual_clock.advance(9s);
    CHECK_FALSE(at.free("192.0.2.1"));
    at.host.manual_clock.advance(1s);
    CHECK(at.free("192.0.2.1"));
    at.fail("192.0.2.1");
    CHECK_FALSE(at.free("192.0.2.1"));
    at.host.manual_clock.advance(30s);
    CHECK(at.free("192.0.2.1"));
    at.fail("192.0.2.1", 2);
    CHECK(at.free("192.0.2.1"));
    CHECK(at.host.registry.value("televisit_rest_api_guesses_total", {}) == 6);
    CHECK(at.host.registry.value("televisit_rest_api_guessers_refused_total", {}) == 3);
}

TEST_CASE("a credential that has held is let through from an address that guesses") {
    Guarded at;
    at.guard.accepted("good");
    at.fail("192.0.2.1", 5);
    CHECK(at.free("192.0.2.1", "good"));
    CHECK_FALSE(at.free("192.0.2.1", "unknown"));
}

TEST_CASE("credentials that were good once are no guesses, nor are faults of the server") {
    Guarded at;
    for (const char* reason : {"token_expired", "token_not_yet_valid", "invitation_expired", "invitation_revoked"})
        for (int i = 0; i < 5; ++i) at.guard.refused("192.0.2.1", error(Errc::unauthenticated, reason, ""));
    for (int i = 0; i < 5; ++i) at.guard.refused("192.0.2.1", error(Errc::unavailable, "keys_unavailable", ""));
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

TEST_CASE("a limit of 0 is none") {
    Guarded at({0, 10s, 2, 2});
    at.fail("192.0.2.1", 1000);
    CHECK(at.free("192.0.2.1"));
}

TEST_CASE("one subscriber is one address: IPv4 whole, IPv6 by its first 64 bits") {
    CHECK(address_key("192.0.2.1") != address_key("192.0.2.2"));
    CHECK(address_key("::ffff:192.0.2.1") == address_key("192.0.2.1"));
    CHECK(address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::9"));
    CHECK(address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1"));
    CHECK(address_key("fe80::1%eth0") == address_key("fe80::1"));
    CHECK(address_key("unix") == "unix");
}

TEST_CASE_METHOD(RestFixture, "guessing ends in 429 before the kernel is asked, for every route alike") {
    kernel.identity_failure = kWrong;
    for (int i = 0; i < 20; ++i) CHECK(get(kSession).status == 401);
    kernel.bearer.clear();
    kernel.identity_failure.reset();
    const auto refused = post(kSession + "/join");
    CHECK(refused.status == 429);
    CHECK(has(refused, R"("code":"too_many_guesses")"));
    CHECK(header_of(refused, "Retry-After") == "3");
    CHECK(kernel.bearer.empty());
    auto elsewhere = request(HttpMethod::get, kSession);
    elsewhere.remote_address = "203.0.113.10";
    CHECK(send(elsewhere).status == 200);
    CHECK(get(kSession).status == 200);  // the same credential has now been seen to hold
}
