#pragma once
/// Who is in which room, for the one process that this store lives in. **Threads**: any. **Blocks**: for a mutex only.

#include <cstddef>
#include <map>
#include <mutex>
#include <unordered_map>

#include "televisit/sdk/presence.hpp"

namespace televisit::storage_memory {

class MemoryPresence final : public PresenceStore {
  public:
    MemoryPresence(const Clock& clock, std::size_t max_rooms = 50'000) : clock_(clock), max_rooms_(max_rooms) {}

    Result<Truth> load(const RoomId& room, const CallContext& context) override;
    /// **Errors**: `unavailable` when the limit of rooms is reached and none of them is expired, closed or empty.
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override;
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override;
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override;
    Result<std::vector<NodeLease>> leases(const CallContext& context) override;
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override;

  private:
    Truth current(const RoomId& room) const;
    bool make_room();

    const Clock& clock_;
    const std::size_t max_rooms_;
    std::mutex mutex_;
    std::unordered_map<RoomId, Truth> rooms_;  // guarded by mutex_, as below
    std::map<NodeId, Instant> leases_;
};

}  // namespace televisit::storage_memory
