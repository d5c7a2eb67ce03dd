#pragma once
#include <cstdint>
#include <vector>

namespace televisit::load {

/// What the kernel says of some processes together.
struct ProcessUsage {
    double cpu_seconds = 0;  ///< user and system time, in ticks of the kernel's clock
    std::int64_t rss_bytes = 0;
    int threads = 0;
    int files = 0;  ///< open descriptors
};

/// **Errors**: throws Failure when one of them is gone.
ProcessUsage usage_of(const std::vector<int>& pids);

double own_cpu_seconds();

}  // namespace televisit::load
