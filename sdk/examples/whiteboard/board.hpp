#pragma once
/// Who is in which room, in a map. **Threads**: any. **Blocks**: for a mutex only.

#include <cstddef>
#include <map>
#include <mutex>

#include "televisit/sdk/presence.hpp"

namespace whiteboard {

class Board final : public televisit::PresenceStore {
  public:
    Board(const televisit::Clock& clock, std::size_t max_rooms) : clock_(clock), max_rooms_(max_rooms) {}

    televisit::Result<televisit::Truth> load(const televisit::RoomId& room,
                                             const televisit::CallContext& context) override;
    /// **Errors**: `unavailable` when there are as many rooms as there may be.
    televisit::Result<televisit::PresenceStep> replace(const televisit::Truth& next,
                                                       const televisit::CallContext& context) override;
    televisit::Result<std::vector<televisit::RoomId>> rooms_of(const televisit::NodeId& node,
                                                               const televisit::CallContext& context) override;
    televisit::Result<void> renew_lease(const televisit::NodeLease& lease,
                                        const televisit::CallContext& context) override;
    televisit::Result<std::vector<televisit::NodeLease>> leases(const televisit::CallContext& context) override;
    televisit::Result<void> drop_lease(const televisit::NodeId& node, const televisit::CallContext& context) override;

  private:
    televisit::Truth standing(const televisit::RoomId& room) const;

    const televisit::Clock& clock_;
    const std::size_t max_rooms_;
    std::mutex mutex_;
    std::map<televisit::RoomId, televisit::Truth> rooms_;  // guarded by mutex_, as below
    std::map<televisit::NodeId, televisit::Instant> leases_;
};

}  // namespace whiteboard
