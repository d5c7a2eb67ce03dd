#include "runtime/system_clock.hpp"

namespace televisit::runtime {

Instant SystemClock::now() const noexcept {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const noexcept {
    return std::chrono::steady_clock::now();
}

}  // namespace televisit::runtime
