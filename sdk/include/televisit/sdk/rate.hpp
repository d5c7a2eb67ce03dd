#pragma once
/// How often something may happen: so many times a second, and so many at once after a pause.
///
/// **Threads**: one at a time. **Blocks**: never; a test is an addition and a comparison.

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "televisit/sdk/time.hpp"

namespace televisit {

class Rate {
  public:
    /// As often as one likes.
    constexpr Rate() = default;
    /// `per_second` 0: as often as one likes. Up to a billion a second.
    constexpr Rate(std::uint32_t per_second, std::uint32_t burst) noexcept
        : each_(per_second == 0 ? 0 : std::max<std::int64_t>(1, 1'000'000'000 / per_second)), at_once_(each_ * burst) {}

    constexpr bool limited() const noexcept { return each_.count() > 0; }
    constexpr std::chrono::nanoseconds each() const noexcept { return each_; }        ///< the time that one takes
    constexpr std::chrono::nanoseconds at_once() const noexcept { return at_once_; }  ///< the time of a burst

  private:
    std::chrono::nanoseconds each_{0};
    std::chrono::nanoseconds at_once_{0};
};

/// What one client has used of a rate. 8 bytes, and nothing to be done while it is idle.
class RateMeter {
  public:
    /// Whether `cost` times more are within the rate; counts them if they are.
    bool take(const Rate& rate, SteadyTime now, std::uint32_t cost = 1) noexcept {
        const SteadyTime next = std::max(paid_at_, now) + price(rate, cost);
        if (next - now > rate.at_once()) return false;
        paid_at_ = next;
        return true;
    }
    /// How long until `cost` times more will be.
    std::chrono::nanoseconds wait(const Rate& rate, SteadyTime now, std::uint32_t cost = 1) const noexcept {
        const auto beyond = std::max(paid_at_, now) + price(rate, cost) - now - rate.at_once();
        return std::max(beyond, std::chrono::nanoseconds(0));
    }
    /// Whether all that has happened is forgotten.
    bool idle(SteadyTime now) const noexcept { return paid_at_ <= now; }

  private:
    /// Whatever costs more than a burst costs a whole one.
    static std::chrono::nanoseconds price(const Rate& rate, std::uint32_t cost) noexcept {
        return std::min(rate.each() * cost, rate.at_once());
    }

    SteadyTime paid_at_{};  // when all that has happened would be over, had it been done at the rate
};

}  // namespace televisit
