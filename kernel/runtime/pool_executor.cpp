#include "runtime/pool_executor.hpp"

#include <atomic>

namespace televisit::runtime {

struct PoolExecutor::Shared : std::enable_shared_from_this<Shared> {
    Shared(WorkerPool& p, TimerThread& t, const Clock& c, Guard& g) : pool(p), timers(t), clock(c), guard(g) {}

    bool run_on_worker(std::function<void()> task) {
        return !closed && pool.post([self = shared_from_this(), task = std::move(task)] {
            if (!self->closed) self->guard.run("task", task);
        });
    }

    /// At its time the task goes to a worker; while the queue is full it waits a little longer.
    bool schedule(std::chrono::milliseconds delay, std::shared_ptr<const std::function<void()>> task) {
        const auto token = timers.at(clock.steady_now() + delay, [self = shared_from_this(), task] {
            if (self->closed || self->run_on_worker([task] { (*task)(); })) return;
            if (!self->closed) self->schedule(kRetry, task);
        });
        return token != TimerThread::Token{};
    }

    WorkerPool& pool;
    TimerThread& timers;
    const Clock& clock;
    Guard& guard;
    std::atomic<bool> closed{false};
};

/// A task that sets its own next timer when it has run, so that it never runs twice at once.
struct PoolExecutor::Repetition : std::enable_shared_from_this<Repetition> {
    bool arm(const std::shared_ptr<Shared>& shared) {
        return shared->schedule(period, std::make_shared<const std::function<void()>>(
                                            [self = shared_from_this(), weak = std::weak_ptr<Shared>(shared)] {
                                                const auto still = weak.lock();
                                                if (!still) return;
                                                still->guard.run("periodic task", self->task);
                                                if (!still->closed) self->arm(still);
                                            }));
    }

    std::chrono::milliseconds period{};
    std::function<void()> task;
};

PoolExecutor::PoolExecutor(WorkerPool& pool, TimerThread& timers, const Clock& clock, Guard& guard)
    : shared_(std::make_shared<Shared>(pool, timers, clock, guard)) {}

PoolExecutor::~PoolExecutor() {
    close();
}

void PoolExecutor::close() {
    shared_->closed = true;
}

namespace {
Error refused() {
    return error(Errc::unavailable, "The server is busy. Please try again.");
}
}  // namespace

Result<void> PoolExecutor::post(std::function<void()> task) {
    if (!shared_->run_on_worker(std::move(task))) return refused();
    return {};
}

Result<void> PoolExecutor::every(std::chrono::milliseconds period, std::function<void()> task) {
    auto repetition = std::make_shared<Repetition>();
    repetition->period = std::max(period, std::chrono::milliseconds(1));
    repetition->task = std::move(task);
    if (shared_->closed || !repetition->arm(shared_)) return refused();
    return {};
}

Result<void> PoolExecutor::after(std::chrono::milliseconds delay, std::function<void()> task) {
    if (shared_->closed || !shared_->schedule(delay, std::make_shared<const std::function<void()>>(std::move(task))))
        return refused();
    return {};
}

}  // namespace televisit::runtime
