#pragma once
/// Work of the domain on the executor, which ends when the domain does.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "televisit/sdk/executor.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: only `stop`, until the tasks under way are back or the deadline is there.
class Background {
  public:
    explicit Background(Executor& executor) : executor_(executor) {}

    Result<void> post(std::function<void()> task) { return executor_.post(guarded(std::move(task))); }
    Result<void> after(std::chrono::milliseconds delay, std::function<void()> task) {
        return executor_.after(delay, guarded(std::move(task)));
    }
    Result<void> every(std::chrono::milliseconds period, std::function<void()> task) {
        return executor_.every(period, guarded(std::move(task)));
    }
    /// From now on tasks do nothing.
    void stop(SteadyTime deadline) {
        std::unique_lock lock(gate_->mutex);
        gate_->stopped = true;
        gate_->changed.wait_until(lock, deadline, [this] { return gate_->running == 0; });
    }

  private:
    struct Gate {
        std::mutex mutex;
        std::condition_variable changed;
        bool stopped = false;     // guarded by mutex
        std::size_t running = 0;  // guarded by mutex
    };
    class Pass {
      public:
        explicit Pass(Gate& gate) : gate_(gate) {
            const std::lock_guard lock(gate_.mutex);
            valid_ = !gate_.stopped;
            if (valid_) ++gate_.running;
        }
        ~Pass() {
            if (!valid_) return;
            const std::lock_guard lock(gate_.mutex);
            if (--gate_.running == 0) gate_.changed.notify_all();
        }
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        explicit operator bool() const noexcept { return valid_; }

      private:
        Gate& gate_;
        bool valid_ = false;
    };

    std::function<void()> guarded(std::function<void()> task) {
        return [gate = gate_, task = std::move(task)] {
            if (const Pass pass(*gate); pass) task();
        };
    }

    Executor& executor_;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();  // shared with tasks that may come after the domain's end
};

}  // namespace televisit::consult
