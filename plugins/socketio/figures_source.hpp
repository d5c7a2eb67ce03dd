#pragma once
/// The plugin's numbers as metric families.

#include <memory>
#include <vector>

#include "engine/figures.hpp"
#include "sockets/figures.hpp"
#include "televisit/sdk/metrics.hpp"

namespace televisit::socketio {

/// Sums the loops' figures. **Threads**: any.
std::vector<MetricFamily> families_of(const std::vector<std::shared_ptr<const EngineFigures>>& engines,
                                      const std::vector<std::shared_ptr<const SocketFigures>>& sockets);

}  // namespace televisit::socketio
