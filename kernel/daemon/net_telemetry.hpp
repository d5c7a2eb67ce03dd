#pragma once
/// What the transport tells: access log, faults and slow handlers of plugins, and its counters as metrics.

#include <atomic>
#include <vector>

#include "net/server.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"

namespace televisit::daemon {

/// The hooks to make a server with. **Threads**: event loops. **Owns**: nothing; both must outlive the server.
net::ServerHooks net_hooks(Logger& logger, MetricRegistry& metrics, bool access_log);

/// The server's counters at this moment.
std::vector<MetricFamily> net_metrics(const net::Server& server);

}  // namespace televisit::daemon
