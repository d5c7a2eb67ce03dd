#include <catch2/catch.hpp>

#include "runtime/timer_thread.hpp"
#include "waiting.hpp"

using namespace televisit::runtime;
using televisit::runtime::testing::Event;
using Clock = std::chrono::steady_clock;

TEST_CASE("timers run in the order of their times, whatever the order they were set in") {
    TimerThread timers;
    std::string order;
    Event done;
    const auto now = Clock::now();
    // The first holds the thread until all are set.
    Event set;
    timers.at(now, [&] { set.wait(); });
    timers.at(now + std::chrono::microseconds(3), [&] { order += 'c'; });
    timers.at(now + std::chrono::microseconds(1), [&] { order += 'a'; });
    timers.at(now + std::chrono::microseconds(2), [&] { order += 'b'; });
    timers.at(now + std::chrono::microseconds(4), [&] { done.set(); });
    set.set();
    REQUIRE(done.wait());
    CHECK(order == "abc");
}

TEST_CASE("timers of the same time run in the order they were set in") {
    TimerThread timers;
    std::string order;
    Event set;
    Event done;
    const auto now = Clock::now();
    timers.at(now - std::chrono::seconds(1), [&] { set.wait(); });
    for (const char c : std::string("xyz")) timers.at(now, [&order, c] { order += c; });
    timers.at(now, [&] { done.set(); });
    set.set();
    REQUIRE(done.wait());
    CHECK(order == "xyz");
}

TEST_CASE("a timer that is cancelled does not run, and lets go of its task") {
    TimerThread timers;
    auto held = std::make_shared<int>(1);
    const auto token = timers.at(Clock::now() + std::chrono::hours(1), [held] {});
    CHECK(held.use_count() == 2);
    CHECK(timers.cancel(token));
    CHECK(held.use_count() == 1);
    CHECK_FALSE(timers.cancel(token));
}

TEST_CASE("a timer thread that has stopped takes nothing, and drops what was left") {
    TimerThread timers;
    auto held = std::make_shared<int>(1);
    timers.at(Clock::now() + std::chrono::hours(1), [held] {});
    timers.stop();
    CHECK(held.use_count() == 1);
    CHECK(timers.at(Clock::now(), [] {}) == TimerThread::Token{});
}

TEST_CASE("a timer may set the next one") {
    TimerThread timers;
    Event done;
    int count = 0;
    std::function<void()> again = [&] {
        if (++count == 3) return done.set();
        timers.at(Clock::now(), again);
    };
    timers.at(Clock::now(), again);
    CHECK(done.wait());
}
