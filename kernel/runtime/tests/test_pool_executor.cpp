#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>

#include "collecting_logger.hpp"
#include "runtime/metric_store.hpp"
#include "runtime/pool_executor.hpp"
#include "runtime/system_clock.hpp"
#include "waiting.hpp"

using namespace televisit;
using namespace televisit::runtime;
using televisit::runtime::testing::Event;
using televisit::runtime::testing::patience_from_now;

namespace {

struct Fixture {
    explicit Fixture(std::size_t queue = 16) : pool("test", 1, queue) {}
    ~Fixture() {
        executor.close();
        timers.stop();
        static_cast<void>(pool.stop(patience_from_now()));
    }

    double exceptions() {
        for (const MetricFamily& family : metrics.collect())
            if (family.name == "televisit_plugin_exceptions_total") return family.samples.at(0).value;
        return -1;
    }

    SystemClock clock;
    MetricStore metrics;
    testing::CollectingLogger logger;
    Guard guard{"sample", logger, metrics};
    TimerThread timers;
    WorkerPool pool;
    PoolExecutor executor{pool, timers, clock, guard};
};

}  // namespace

TEST_CASE("an executor runs a task, at once or after a while") {
    Fixture f;
    Event now;
    Event later;
    REQUIRE(f.executor.post([&] { now.set(); }));
    REQUIRE(f.executor.after(std::chrono::milliseconds(1), [&] { later.set(); }));
    CHECK(now.wait());
    CHECK(later.wait());
}

TEST_CASE("a periodic task runs again and again, and not after the executor was closed") {
    Fixture f;
    Event third;
    std::atomic<int> count{0};
    REQUIRE(f.executor.every(std::chrono::milliseconds(1), [&] {
        if (++count == 3) {
            f.executor.close();
            third.set();
        }
    }));
    REQUIRE(third.wait());
    REQUIRE(f.pool.stop(patience_from_now()));
    CHECK(count == 3);
}

TEST_CASE("what a task throws is counted under its plugin's name, and the worker goes on") {
    Fixture f;
    Event next;
    REQUIRE(f.executor.post([] { throw std::runtime_error("out of luck"); }));
    REQUIRE(f.executor.post([] { throw 42; }));
    REQUIRE(f.executor.post([&] { next.set(); }));
    REQUIRE(next.wait());
    CHECK(f.exceptions() == 2);
    const auto lines = f.logger.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "plugin threw an exception plugin_id=sample call=task exception=out of luck");
    CHECK(lines[1] == "plugin threw an exception plugin_id=sample call=task exception=not a std::exception");
}

TEST_CASE("an executor whose queue is full says unavailable, and one that is closed too") {
    Fixture f(0);
    Event running;
    Event release;
    REQUIRE(f.executor.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(running.wait());
    const auto refused = f.executor.post([] {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::unavailable);
    release.set();
    f.executor.close();
    CHECK_FALSE(f.executor.post([] {}));
    CHECK_FALSE(f.executor.after(std::chrono::milliseconds(1), [] {}));
    CHECK_FALSE(f.executor.every(std::chrono::milliseconds(1), [] {}));
}

TEST_CASE("a timer that finds the queue full tries again until there is room") {
    Fixture f(0);
    Event running;
    Event release;
    Event ran;
    REQUIRE(f.executor.post([&] {
        running.set();
        release.wait();
    }));
    REQUIRE(running.wait());
    REQUIRE(f.executor.after(std::chrono::milliseconds(0), [&] { ran.set(); }));
    // Timers run one after the other: when this one has run, the one above has found the queue full.
    Event passed;
    f.timers.at(f.clock.steady_now(), [&] { passed.set(); });
    REQUIRE(passed.wait());
    release.set();
    CHECK(ran.wait());
}
