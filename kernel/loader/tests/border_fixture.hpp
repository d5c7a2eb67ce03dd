#pragma once
/// One plugin's border, with everything around it.

#include "collecting_logger.hpp"
#include "fake_frontend.hpp"
#include "loader/http_proxy.hpp"
#include "runtime/metric_store.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/timer_thread.hpp"
#include "waiting.hpp"

namespace televisit::loader::testing {

using runtime::testing::Event;
using runtime::testing::patience_from_now;

struct BorderFixture {
    explicit BorderFixture(std::size_t queue = 8, std::chrono::milliseconds deadline = std::chrono::minutes(1),
                           bool loop = true)
        : pool("sample", 1, queue),
          border{pool, guard, clock, frontend, deadline, loop, frontend.account_of("sample")} {}
    ~BorderFixture() {
        timers.stop();
        static_cast<void>(pool.stop(patience_from_now()));
    }

    /// Keeps the one worker busy until `release`.
    void occupy() {
        REQUIRE(pool.post([this] {
            occupied.set();
            release.wait();
        }));
        REQUIRE(occupied.wait());
    }

    runtime::SystemClock clock;
    runtime::MetricStore metrics;
    runtime::testing::CollectingLogger logger;
    runtime::Guard guard{"sample", logger, metrics};
    FakeFrontend frontend;
    runtime::TimerThread timers;
    Event occupied;
    Event release;
    runtime::WorkerPool pool;
    PluginBorder border;
};

}  // namespace televisit::loader::testing
