#pragma once
#include <time.h>

#include <cstdint>

namespace televisit::load {

/// Nanoseconds of the monotonic clock. Plain numbers, because they travel inside of messages.
using Nanoseconds = std::int64_t;

inline Nanoseconds now() noexcept {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return Nanoseconds{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

inline Nanoseconds from_seconds(double seconds) noexcept {
    return static_cast<Nanoseconds>(seconds * 1e9);
}
inline double to_seconds(Nanoseconds time) noexcept {
    return static_cast<double>(time) / 1e9;
}

}  // namespace televisit::load
