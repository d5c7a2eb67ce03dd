#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/port_caller.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

struct Fixture : BorderFixture {
    explicit Fixture(std::size_t queue = 8, std::chrono::milliseconds limit = std::chrono::minutes(1))
        : BorderFixture(queue), caller({pool, guard, clock, frontend, limit}) {}

    CallContext within(std::chrono::milliseconds time) const { return {clock.steady_now() + time, RequestId("r")}; }
    double metric(const std::string& name) {
        for (const MetricFamily& family : metrics.collect())
            if (family.name == name) return family.samples.at(0).value;
        return -1;
    }

    PortMethod method{metrics, "records", "session", "sample"};
    PortCaller caller;
};

}  // namespace

TEST_CASE("a call runs on the provider's pool and gives its result") {
    Fixture f;
    const auto result = f.caller.call<bool>(f.method, f.within(std::chrono::minutes(1)),
                                            [&](const CallContext&) -> Result<bool> { return f.pool.is_current(); });
    REQUIRE(result);
    CHECK(*result);
    CHECK(f.metric("televisit_port_calls_total") == 1);
    CHECK(f.metric("televisit_port_errors_total") == 0);
}

TEST_CASE("a provider's error comes back as it is, and is its failure only when it could not do its work") {
    Fixture f;
    const auto fails = [&](Errc code) {
        return f.caller.call<void>(f.method, f.within(std::chrono::minutes(1)),
                                   [code](const CallContext&) -> Result<void> { return error(code, "why", "text"); });
    };
    CHECK(fails(Errc::unauthenticated).error().reason == "why");
    CHECK(f.metric("televisit_port_errors_total") == 0);
    CHECK(fails(Errc::unavailable).error().code == Errc::unavailable);
    CHECK(f.metric("televisit_port_errors_total") == 1);
}

TEST_CASE("what a provider throws is internal, with nothing of it in the message") {
    Fixture f;
    const auto result =
        f.caller.call<void>(f.method, f.within(std::chrono::minutes(1)),
                            [](const CallContext&) -> Result<void> { throw std::runtime_error("SQL"); });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::internal);
    CHECK(result.error().message.find("SQL") == std::string::npos);
    CHECK(result.error().detail == "plugin sample threw in records.session: SQL");
    CHECK(f.metric("televisit_plugin_exceptions_total") == 1);
}

TEST_CASE("a call that is not back at the deadline is a timeout, and its late answer is dropped") {
    Fixture f;
    Event done;
    auto argument = std::make_shared<std::string>("owned");
    const auto result = f.caller.call<void>(f.method, f.within(std::chrono::milliseconds(1)),
                                            [&f, &done, argument](const CallContext&) -> Result<void> {
                                                f.release.wait();
                                                *argument += " by the call";
                                                done.set();
                                                return {};
                                            });
    REQUIRE_FALSE(result);
    // Slow machines may not even begin it in time.
    CHECK((result.error().code == Errc::timeout || result.error().code == Errc::unavailable));
    f.release.set();
    if (result.error().code == Errc::timeout) CHECK(done.wait());
}

TEST_CASE("a call that no worker took before the deadline is unavailable, and is never made") {
    Fixture f;
    f.occupy();
    bool made = false;
    const auto result =
        f.caller.call<void>(f.method, f.within(std::chrono::milliseconds(1)), [&](const CallContext&) -> Result<void> {
            made = true;
            return {};
        });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::unavailable);
    CHECK(result.error().retry_after);
    f.release.set();
    Event drained;
    REQUIRE(f.pool.post([&] { drained.set(); }));
    REQUIRE(drained.wait());
    CHECK_FALSE(made);
}

TEST_CASE("a call to a pool that is full is unavailable at once") {
    Fixture f(0);
    f.occupy();
    const auto result = f.caller.call<void>(f.method, f.within(std::chrono::hours(1)),
                                            [](const CallContext&) -> Result<void> { return {}; });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::unavailable);
    f.release.set();
}

TEST_CASE("a caller's deadline is cut to what the provider's configuration allows") {
    Fixture f(8, std::chrono::milliseconds(50));
    const auto latest = f.clock.steady_now() + std::chrono::minutes(1);
    SteadyTime seen{};
    const auto result =
        f.caller.call<void>(f.method, f.within(std::chrono::hours(1)), [&](const CallContext& context) -> Result<void> {
            seen = context.deadline;
            return {};
        });
    if (result) CHECK(seen < latest);
}

TEST_CASE("a provider that calls its own port is not held up by its own pool") {
    Fixture f;
    const auto result = f.caller.call<bool>(
        f.method, f.within(std::chrono::minutes(1)), [&](const CallContext& context) -> Result<bool> {
            return f.caller.call<bool>(f.method, context, [](const CallContext&) -> Result<bool> { return true; });
        });
    REQUIRE(result);
    CHECK(*result);
}

TEST_CASE("a call from an event loop is refused, for it might block") {
    Fixture f;
    f.frontend.on_loop_now = true;
    const auto result = f.caller.call<void>(f.method, f.within(std::chrono::minutes(1)),
                                            [](const CallContext&) -> Result<void> { return {}; });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::internal);
    CHECK(result.error().detail.find("event loop") != std::string::npos);
}
