#pragma once
/// One at a time, for work that waits for stores and so must not hold a lock.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

#include "televisit/sdk/time.hpp"

namespace televisit::consult {

/// A condition variable that is there only while somebody waits: in most rooms nobody ever has to. Guarded by the mutex
/// that is waited with, also for notifying.
class RareCondition {
  public:
    /// Whether `holds` by then. **Blocks**: to the deadline.
    template <class Holds>
    bool wait_until(std::unique_lock<std::mutex>& lock, SteadyTime deadline, Holds holds) {
        if (holds()) return true;
        if (!waiting_) waiting_ = std::make_unique<Waiting>();
        ++waiting_->threads;
        const bool in_time = waiting_->condition.wait_until(lock, deadline, holds);
        if (--waiting_->threads == 0) waiting_.reset();
        return in_time;
    }
    void notify_all() {
        if (waiting_) waiting_->condition.notify_all();
    }

  private:
    struct Waiting {
        std::condition_variable condition;
        std::size_t threads = 0;
    };
    std::unique_ptr<Waiting> waiting_;
};

/// **Threads**: any. Guarded by a mutex of its owner, which is held for moments only.
class Turnstile {
  public:
    explicit Turnstile(std::mutex& mutex) : mutex_(mutex) {}
    /// With the mutex held.
    bool taken() const { return taken_; }

  private:
    friend class Turn;
    std::mutex& mutex_;
    RareCondition free_;
    bool taken_ = false;
};

/// Held from its construction, if it came by the deadline, to its end. **Blocks**: to the deadline.
class Turn {
  public:
    Turn(Turnstile& turnstile, SteadyTime deadline) : turnstile_(turnstile) {
        std::unique_lock lock(turnstile_.mutex_);
        held_ = turnstile_.free_.wait_until(lock, deadline, [this] { return !turnstile_.taken_; });
        if (held_) turnstile_.taken_ = true;
    }
    ~Turn() {
        if (!held_) return;
        const std::lock_guard lock(turnstile_.mutex_);
        turnstile_.taken_ = false;
        turnstile_.free_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const noexcept { return held_; }

  private:
    Turnstile& turnstile_;
    bool held_ = false;
};

}  // namespace televisit::consult
