#include "net/counters.hpp"

#include <algorithm>

namespace televisit::net {
namespace {
void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
    counter.fetch_add(by, std::memory_order_relaxed);
}
}  // namespace

LoopSnapshot read(const LoopCounters& from) {
    LoopSnapshot to;
    to.connections = from.connections.read();
    to.channels = from.channels.read();
    to.accepted = from.accepted.read();
    to.requests = from.requests.read();
    to.messages_in = from.messages_in.read();
    to.messages_out = from.messages_out.read();
    to.bytes_in = from.bytes_in.read();
    to.bytes_out = from.bytes_out.read();
    to.queued = from.queued.read();
    to.slow_readers = from.slow_readers.read();
    to.control_floods = from.control_floods.read();
    to.protocol_errors = from.protocol_errors.read();
    to.timeouts = from.timeouts.read();
    to.late_answers = from.late_answers.read();
    to.abandoned = from.abandoned.read();
    to.handler_faults = from.handler_faults.read();
    return to;
}

void RouteCounters::answered(int status, std::int64_t micros) noexcept {
    const auto* const known = std::find(kCountedStatuses.begin(), kCountedStatuses.end(), status);
    bump(by_status_[static_cast<std::size_t>(known - kCountedStatuses.begin())], 1);
    const auto* const bucket = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), micros);
    bump(latency_[static_cast<std::size_t>(bucket - kLatencyBounds.begin())], 1);
    bump(micros_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, micros)));
}

RouteCounters::Snapshot RouteCounters::read() const {
    Snapshot to;
    for (std::size_t i = 0; i < by_status_.size(); ++i) {
        const std::uint64_t count = by_status_[i].load(std::memory_order_relaxed);
        const std::uint16_t status = i < kCountedStatuses.size() ? kCountedStatuses[i] : std::uint16_t{0};
        if (count > 0) to.by_status.emplace_back(status, count);
    }
    for (std::size_t i = 0; i < latency_.size(); ++i) {
        to.latency[i] = latency_[i].load(std::memory_order_relaxed);
        to.count += to.latency[i];
    }
    to.micros = micros_.load(std::memory_order_relaxed);
    return to;
}

}  // namespace televisit::net
