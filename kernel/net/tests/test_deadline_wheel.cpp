#include "net/deadline_wheel.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace televisit::net {
namespace {

using std::chrono::milliseconds;

struct Struck final : Deadline {
    std::function<void()> then;
    int times = 0;
    void on_deadline() override {
        ++times;
        if (then) then();
    }
};

const SteadyTime kStart(std::chrono::hours(1));

}  // namespace

TEST_CASE("a deadline strikes once, not early and at most two ticks late") {
    for (const int after : {0, 1, 31, 32, 33, 1000, 20'000, 100'000}) {
        DeadlineWheel wheel(kStart);
        Struck deadline;
        wheel.arm(deadline, kStart + milliseconds(after));
        SteadyTime now = kStart;
        while (deadline.times == 0) {
            REQUIRE(wheel.wake_at());
            now = *wheel.wake_at();
            wheel.advance(now);
            REQUIRE(now <= kStart + milliseconds(after) + 2 * DeadlineWheel::kTick);
        }
        CHECK(now >= kStart + milliseconds(after));
        CHECK_FALSE(deadline.armed());
        CHECK_FALSE(wheel.wake_at());
        wheel.advance(now + milliseconds(1'000'000));
        CHECK(deadline.times == 1);
    }
}

TEST_CASE("a leap of the clock strikes everything that is due, and nothing else") {
    DeadlineWheel wheel(kStart);
    std::vector<std::unique_ptr<Struck>> deadlines;
    for (int i = 0; i < 100; ++i) {
        deadlines.push_back(std::make_unique<Struck>());
        wheel.arm(*deadlines.back(), kStart + std::chrono::seconds(i));
    }
    wheel.advance(kStart + milliseconds(49'500));
    for (int i = 0; i < 100; ++i) CHECK(deadlines[static_cast<std::size_t>(i)]->times == (i < 50 ? 1 : 0));
    for (const auto& deadline : deadlines) wheel.lift(*deadline);
    CHECK_FALSE(wheel.wake_at());
}

TEST_CASE("a lifted deadline does not strike, a moved one strikes at its new time") {
    DeadlineWheel wheel(kStart);
    Struck lifted, moved;
    wheel.arm(lifted, kStart + milliseconds(100));
    wheel.arm(moved, kStart + milliseconds(100));
    wheel.lift(lifted);
    wheel.arm(moved, kStart + milliseconds(500));
    wheel.advance(kStart + milliseconds(300));
    CHECK(lifted.times == 0);
    CHECK(moved.times == 0);
    wheel.advance(kStart + milliseconds(600));
    CHECK(moved.times == 1);
}

TEST_CASE("one that strikes may lift another of the same tick, and arm itself again") {
    DeadlineWheel wheel(kStart);
    Struck first, second;
    first.then = [&] {
        wheel.lift(second);
        wheel.arm(first, kStart + milliseconds(1000));
    };
    wheel.arm(first, kStart + milliseconds(10));
    wheel.arm(second, kStart + milliseconds(10));
    wheel.advance(kStart + milliseconds(200));
    CHECK(first.times == 1);
    CHECK(second.times == 0);
    first.then = {};
    wheel.advance(kStart + milliseconds(1100));
    CHECK(first.times == 2);
}

}  // namespace televisit::net
