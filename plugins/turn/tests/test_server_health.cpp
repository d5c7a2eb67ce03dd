#include <catch2/catch.hpp>

#include "server_health.hpp"

using namespace std::chrono_literals;
using namespace televisit::turn;

namespace {

ProbeOutcome good(std::chrono::microseconds latency = 2ms) {
    return {ProbeFault::none, "", latency};
}
ProbeOutcome bad(ProbeFault fault = ProbeFault::timed_out) {
    return {fault};
}

}  // namespace

TEST_CASE("a URL counts as up until enough probes in a row say otherwise") {
    UrlHealth url;
    CHECK(url.grade() == Grade::up);
    CHECK_FALSE(url.record(bad(), {3, 2}));
    CHECK_FALSE(url.settled());
    CHECK_FALSE(url.record(bad(), {3, 2}));
    CHECK(url.record(bad(), {3, 2}));
    CHECK(url.grade() == Grade::down);
    CHECK(url.settled());
}

TEST_CASE("one good probe between two bad ones begins the count anew") {
    UrlHealth url;
    url.record(bad(), {2, 2});
    url.record(good(), {2, 2});
    CHECK_FALSE(url.record(bad(), {2, 2}));
    CHECK(url.grade() == Grade::up);
}

TEST_CASE("it comes back after enough good ones") {
    UrlHealth url;
    url.record(bad(), {1, 3});
    CHECK(url.grade() == Grade::down);
    CHECK_FALSE(url.record(good(), {1, 3}));
    CHECK_FALSE(url.record(good(), {1, 3}));
    CHECK(url.record(good(), {1, 3}));
    CHECK(url.grade() == Grade::up);
}

TEST_CASE("a used-up quota degrades") {
    UrlHealth url;
    url.record(bad(ProbeFault::quota_reached), {1, 1});
    CHECK(url.grade() == Grade::degraded);
}

TEST_CASE("one slow answer changes the latency by a quarter of the difference") {
    UrlHealth url;
    url.record(good(4ms), {});
    url.record(good(8ms), {});
    CHECK(url.latency() == 5ms);
}

TEST_CASE("a server is as good as its best URL, and lost with its last one") {
    ServerHealth health({2, 0}, {1, 1});
    CHECK_FALSE(health.record(0, 0, bad()).lost);
    CHECK(health.condition(0).grade == Grade::up);
    CHECK(health.condition(0).urls == std::vector<Grade>{Grade::down, Grade::up});
    CHECK(health.record(0, 1, bad()).lost);
    CHECK(health.condition(0).grade == Grade::down);
    CHECK_FALSE(health.record(0, 1, bad()).lost);
    CHECK(health.record(0, 1, good()).url);
    CHECK(health.condition(0).grade == Grade::up);
}
