#pragma once
/// Workers and timers of one server that go on when the model says so.

#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "televisit/sdk/executor.hpp"
#include "televisit/testkit/manual_clock.hpp"

namespace televisit::model {

/// A period that has been missed is not made up for. **Threads**: one.
class StepExecutor final : public Executor {
  public:
    explicit StepExecutor(testkit::ManualClock& clock) : clock_(clock) {}

    Result<void> post(std::function<void()> task) override {
        if (stopped_) return error(Errc::unavailable, "stopped");
        posted_.push_back(std::move(task));
        return {};
    }
    Result<void> every(std::chrono::milliseconds period, std::function<void()> task) override {
        return add(period, period, std::move(task));
    }
    Result<void> after(std::chrono::milliseconds delay, std::function<void()> task) override {
        return add(delay, std::chrono::milliseconds{0}, std::move(task));
    }

    /// Runs what waits and is due. Whether there was anything.
    bool run_ready() {
        bool ran = false;
        while (run_one()) ran = true;
        return ran;
    }
    /// Drops everything, and refuses what comes: the process is gone.
    void stop() {
        stopped_ = true;
        posted_.clear();
        timers_.clear();
    }

  private:
    struct Timer {
        SteadyTime at;
        std::chrono::milliseconds period;
        std::function<void()> task;
    };
    Result<void> add(std::chrono::milliseconds delay, std::chrono::milliseconds period, std::function<void()> task) {
        if (stopped_) return error(Errc::unavailable, "stopped");
        timers_.push_back({clock_.steady_now() + delay, period, std::move(task)});
        return {};
    }
    bool run_one() {
        if (!posted_.empty()) {
            const auto task = std::move(posted_.front());
            posted_.pop_front();
            task();
            return true;
        }
        const auto now = clock_.steady_now();
        for (std::size_t i = 0; i < timers_.size(); ++i) {
            if (timers_[i].at > now) continue;
            const auto task = timers_[i].task;
            if (timers_[i].period.count() > 0)
                timers_[i].at = now + timers_[i].period;
            else
                timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(i));
            task();
            return true;
        }
        return false;
    }

    testkit::ManualClock& clock_;
    std::deque<std::function<void()>> posted_;
    std::vector<Timer> timers_;
    bool stopped_ = false;
};

}  // namespace televisit::model
