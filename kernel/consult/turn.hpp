#pragma once
/// One at a time, for work that waits for stores and so must not hold a lock.

#include <condition_variable>
#include <mutex>

#include "televisit/sdk/time.hpp"

namespace televisit::consult {

/// **Threads**: any.
class Turnstile {
  public:
    bool taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }

  private:
    friend class Turn;
    mutable std::mutex mutex_;
    std::condition_variable free_;
    bool taken_ = false;  // guarded by mutex_
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
        {
            const std::lock_guard lock(turnstile_.mutex_);
            turnstile_.taken_ = false;
        }
        turnstile_.free_.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const noexcept { return held_; }

  private:
    Turnstile& turnstile_;
    bool held_ = false;
};

}  // namespace televisit::consult
