#pragma once
/// A clock that stands still until it is told to go on. **Threads**: any.

#include <atomic>
#include <chrono>

#include "televisit/sdk/time.hpp"

namespace televisit::testkit {

class ManualClock final : public Clock {
  public:
    /// Begins at 2026-01-25T10:00:00Z unless told otherwise.
    explicit ManualClock(Instant start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 25} +
                                         std::chrono::hours{10})
        : civil_(to_micros(start)), steady_start_(std::chrono::steady_clock::now()) {}

    Instant now() const noexcept override { return from_micros(civil_.load()); }
    SteadyTime steady_now() const noexcept override { return steady_start_ + Duration(passed_.load()); }

    /// Time passes, on both clocks.
    void advance(Duration by) noexcept {
        civil_ += by.count();
        passed_ += by.count();
    }
    /// Somebody sets the civil clock; the steady one does not notice.
    void jump_to(Instant at) noexcept { civil_ = to_micros(at); }

  private:
    std::atomic<std::int64_t> civil_;
    std::atomic<std::int64_t> passed_{0};
    SteadyTime steady_start_;  // the real one, so that a wait for a deadline ends
};

}  // namespace televisit::testkit
