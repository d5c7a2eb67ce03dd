#pragma once
/// How the configured servers are, by their last probes.

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "probe_fault.hpp"

namespace televisit::turn {

/// How often in a row a probe must say another thing before it is believed.
struct Hysteresis {
    int fall = 2;
    int rise = 2;
};

/// One URL.
class UrlHealth {
  public:
    /// Until it was probed, a URL counts as up.
    Grade grade() const noexcept { return grade_; }
    ProbeFault fault() const noexcept { return fault_; }                     ///< of the last probe
    std::chrono::microseconds latency() const noexcept { return latency_; }  ///< smoothed; 0: not known
    /// Whether the last probe said what is believed.
    bool settled() const noexcept { return contradictions_ == 0; }
    /// Whether what is believed has changed.
    bool record(const ProbeOutcome& outcome, const Hysteresis& hysteresis);

  private:
    Grade grade_ = Grade::up;
    ProbeFault fault_ = ProbeFault::none;
    std::chrono::microseconds latency_{0};
    int contradictions_ = 0;
};

/// One server, or the STUN servers together, as seen by whoever chooses.
struct ServerCondition {
    Grade grade = Grade::up;               ///< of its best URL
    std::chrono::microseconds latency{0};  ///< of that one
    std::vector<Grade> urls{};             ///< of each, in the order of the configuration
};

/// **Threads**: any.
class ServerHealth {
  public:
    /// How many URLs each server has.
    ServerHealth(const std::vector<std::size_t>& urls, Hysteresis hysteresis);

    struct Change {
        bool url = false;   ///< this URL's grade is another now
        bool lost = false;  ///< the server is down from now on
        Grade grade = Grade::up;
        bool settled = true;
    };
    Change record(std::size_t server, std::size_t url, const ProbeOutcome& outcome);
    ServerCondition condition(std::size_t server) const;

  private:
    ServerCondition condition_of(std::size_t server) const;  // with mutex_ held

    const Hysteresis hysteresis_;
    mutable std::mutex mutex_;
    std::vector<std::vector<UrlHealth>> servers_;  // guarded by mutex_
};

}  // namespace televisit::turn
