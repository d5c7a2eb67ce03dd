#pragma once
/// The time of this machine.

#include "televisit/sdk/time.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Blocks**: never.
class SystemClock final : public Clock {
  public:
    Instant now() const noexcept override;
    SteadyTime steady_now() const noexcept override;
};

}  // namespace televisit::runtime
