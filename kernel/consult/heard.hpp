#pragma once
/// Which messages of which node have come: each counts once, although threads may send them in another order than their
/// numbers were given out.

#include <cstdint>
#include <vector>

#include "televisit/sdk/ids.hpp"

namespace televisit::consult {

/// **Threads**: none of its own; guarded by whoever has it. Bounded: a node not heard of for long is forgotten first.
class HeardNumbers {
  public:
    /// Whether that message is new; it counts as heard from then on. Too old to be known is not new.
    bool add(const NodeId& node, std::uint64_t number);

  private:
    struct Heard {
        NodeId node;
        std::uint64_t last = 0;
        std::uint64_t recent = 0;  ///< bit i: last - i was heard
    };
    std::vector<Heard> nodes_;
};

}  // namespace televisit::consult
