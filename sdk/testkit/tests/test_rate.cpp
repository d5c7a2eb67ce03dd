#include <catch2/catch.hpp>
#include <chrono>

#include "televisit/sdk/rate.hpp"

using namespace televisit;
using namespace std::chrono_literals;

namespace {

const SteadyTime kStart{1h};

}  // namespace

TEST_CASE("a meter lets a burst pass at once, then what the rate allows") {
    const Rate rate(10, 3);
    RateMeter meter;
    for (int i = 0; i < 3; ++i) CHECK(meter.take(rate, kStart));
    CHECK_FALSE(meter.take(rate, kStart));
    CHECK(meter.wait(rate, kStart) == 100ms);
    CHECK_FALSE(meter.take(rate, kStart + 99ms));
    CHECK(meter.take(rate, kStart + 100ms));
    CHECK_FALSE(meter.take(rate, kStart + 100ms));
    for (int i = 0; i < 3; ++i) CHECK(meter.take(rate, kStart + 10s));
    CHECK_FALSE(meter.take(rate, kStart + 10s));
}

TEST_CASE("what is refused is not counted") {
    const Rate rate(10, 3);
    RateMeter meter;
    for (int i = 0; i < 100; ++i) meter.take(rate, kStart);
    CHECK(meter.take(rate, kStart + 100ms));
}

TEST_CASE("a cost counts as so many; one above the burst takes a whole burst") {
    const Rate rate(10, 3);
    RateMeter meter;
    CHECK(meter.take(rate, kStart, 2));
    CHECK_FALSE(meter.take(rate, kStart, 2));
    CHECK_FALSE(meter.take(rate, kStart, 1000));
    CHECK(meter.wait(rate, kStart, 1000) == 200ms);
    CHECK(meter.take(rate, kStart + 200ms, 1000));
    CHECK_FALSE(meter.take(rate, kStart + 200ms));
}

TEST_CASE("a meter that nothing was taken from for long enough is idle") {
    const Rate rate(10, 3);
    RateMeter meter;
    CHECK(meter.idle(kStart));
    meter.take(rate, kStart, 2);
    CHECK_FALSE(meter.idle(kStart + 199ms));
    CHECK(meter.idle(kStart + 200ms));
}

TEST_CASE("no rate is no limit") {
    const Rate rate;
    const Rate zero(0, 1);
    CHECK_FALSE(rate.limited());
    CHECK_FALSE(zero.limited());
    RateMeter meter;
    for (int i = 0; i < 1000; ++i) CHECK(meter.take(i % 2 == 0 ? rate : zero, kStart, 1'000'000));
    CHECK(meter.wait(rate, kStart) == 0ns);
    CHECK(meter.idle(kStart));
}

TEST_CASE("the highest rates and bursts that can be configured are kept") {
    const Rate rate(1'000'000'000, 1'000'000'000);
    RateMeter meter;
    CHECK(meter.take(rate, kStart, 1'000'000'000));
    CHECK_FALSE(meter.take(rate, kStart));
    CHECK(meter.take(rate, kStart + 1ns));
    const Rate slow(1, 1'000'000'000);
    RateMeter patient;
    CHECK(patient.take(slow, kStart, 1'000'000'000));
    CHECK_FALSE(patient.take(slow, kStart));
}
