#pragma once
/// What the operating system says of this process. Source: proc(5); names as in Prometheus' own client libraries.

#include <vector>

#include "televisit/sdk/metrics.hpp"

namespace televisit::metrics {

/// Figures that cannot be read are left out. **Threads**: any. **Blocks**: no longer than /proc takes.
std::vector<MetricFamily> process_figures();

}  // namespace televisit::metrics
