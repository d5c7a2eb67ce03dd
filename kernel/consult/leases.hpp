#pragma once
/// Which nodes are alive: each writes a lease again and again, and one whose lease does not change any more is dead.
///
/// How long is judged by this node's own steady clock. What stands in a lease is civil time of another machine, which
/// may differ or be set; it only has to change. While the store was away nobody could renew anything, so that time does
/// not count.

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "consult/ports.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: to the deadline.
class Leases {
  public:
    Leases(const Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

    Result<void> renew(const CallContext& context);
    /// Whether the others have reason to take this node for alive.
    bool held() const { return ports_.clock.steady_now() < held_until_.load(); }
    struct Census {
        std::vector<NodeId> dead{};
        bool fewer = false;  ///< somebody has died, or gone, since the last time
    };
    Result<Census> count(const CallContext& context);
    /// Nothing is left of a dead node. Its lease goes, but not at once: a node that only slept takes it again, perhaps
    /// in this moment.
    Result<void> forget(const NodeId& dead, const CallContext& context);
    Result<void> give_up(const CallContext& context) { return ports_.presence.drop_lease(settings_.node, context); }

  private:
    struct Sighting {
        Instant lease;  ///< as it stood then
        SteadyTime at;  ///< when it was seen to change
        bool dead = false;
    };

    const Ports& ports_;
    const Settings& settings_;
    std::atomic<SteadyTime> held_until_{};
    std::mutex mutex_;
    SteadyTime counted_at_{};                    // guarded by mutex_, as is what follows
    std::unordered_map<NodeId, Sighting> seen_;  // those of which there is a lease
};

}  // namespace televisit::consult
