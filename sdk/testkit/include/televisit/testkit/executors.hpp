#pragma once
/// Executors without threads: what is posted runs when the test says so, timers by a manual clock.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "televisit/sdk/executor.hpp"
#include "televisit/testkit/manual_clock.hpp"

namespace televisit::testkit {

/// Keeps tasks and timers until `run_ready`. **Threads**: any; tasks run on the thread that calls `run_ready`.
class ManualExecutor : public Executor {
  public:
    explicit ManualExecutor(ManualClock& clock) : clock_(clock) {}

    Result<void> post(std::function<void()> task) override;
    Result<void> every(std::chrono::milliseconds period, std::function<void()> task) override;
    Result<void> after(std::chrono::milliseconds delay, std::function<void()> task) override;

    /// Runs everything posted and every timer that is due, also what they post meanwhile. Returns how many ran.
    std::size_t run_ready();
    /// Lets that much time pass, stopping at every timer on the way to run it at its own moment.
    void advance(Duration by);
    /// From now on everything is refused as `unavailable`, like a pool whose queue is full; or no longer.
    void refuse(bool refuse);
    std::size_t pending() const;

  private:
    struct Timer {
        SteadyTime at;
        std::uint64_t order;
        std::chrono::milliseconds period;  // 0: once
        std::function<void()> task;
    };
    std::function<void()> take_due();
    Result<void> add(SteadyTime at, std::chrono::milliseconds period, std::function<void()> task);

    ManualClock& clock_;
    mutable std::mutex mutex_;
    std::vector<std::function<void()>> posted_;  // guarded by mutex_, as all below
    std::vector<Timer> timers_;
    std::uint64_t next_order_ = 0;
    bool refuse_ = false;
};

/// Runs what is posted at once, on the caller's thread; timers are as with `ManualExecutor`.
class ImmediateExecutor final : public ManualExecutor {
  public:
    using ManualExecutor::ManualExecutor;
    Result<void> post(std::function<void()> task) override {
        task();
        return {};
    }
};

}  // namespace televisit::testkit
