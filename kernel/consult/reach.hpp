#pragma once
/// Which of the things that a node shares with others it cannot reach: it goes on without them, and says so.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: never.
class Reach {
  public:
    enum class Part : std::uint8_t { records, presence, backplane };

    Reach(MetricRegistry& metrics, Logger& logger);
    void note(Part part, bool there);
    /// The same, by the outcome of a call: a refusal is an answer.
    void note(Part part, const Result<void>& outcome);
    /// The names of those that are away.
    std::vector<std::string> away() const;

  private:
    static constexpr std::size_t kParts = 3;
    Logger& logger_;
    std::array<std::atomic<bool>, kParts> there_{};
    std::array<Gauge*, kParts> gauges_{};
};

}  // namespace televisit::consult
