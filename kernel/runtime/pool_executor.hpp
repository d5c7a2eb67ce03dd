#pragma once
/// The SDK's executor over a worker pool and the timer thread.

#include <memory>

#include "runtime/guard.hpp"
#include "runtime/timer_thread.hpp"
#include "runtime/worker_pool.hpp"
#include "televisit/sdk/executor.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Owns**: nothing; the pool, timer and guard must outlive it, as must the guard every task.
/// A timer that finds the pool's queue full tries again after `kRetry`: a promised task is late rather than lost.
class PoolExecutor final : public Executor {
  public:
    static constexpr std::chrono::milliseconds kRetry{50};

    PoolExecutor(WorkerPool& pool, TimerThread& timers, const Clock& clock, Guard& guard);
    ~PoolExecutor() override;

    Result<void> post(std::function<void()> task) override;
    Result<void> every(std::chrono::milliseconds period, std::function<void()> task) override;
    Result<void> after(std::chrono::milliseconds delay, std::function<void()> task) override;

    /// From now on nothing is taken, and no timer fires.
    void close();

  private:
    struct Shared;
    struct Repetition;

    std::shared_ptr<Shared> shared_;  // shared with timers and tasks under way
};

}  // namespace televisit::runtime
