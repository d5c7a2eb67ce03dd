#pragma once
/// Points in time. **Units**: instants are UTC with microseconds; deadlines are on the steady clock.

#include <chrono>
#include <cstdint>

namespace televisit {

using Duration = std::chrono::microseconds;

/// A point of civil time, UTC, in microseconds since 1970. What is stored and printed.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A point on the steady clock. What timeouts are measured with.
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::int64_t to_micros(Instant at) noexcept {
    return at.time_since_epoch().count();
}
constexpr Instant from_micros(std::int64_t micros) noexcept {
    return Instant(Duration(micros));
}

/// The time, injected wherever it matters. **Threads**: any. **Blocks**: never.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const noexcept = 0;
    virtual SteadyTime steady_now() const noexcept = 0;
};

}  // namespace televisit
