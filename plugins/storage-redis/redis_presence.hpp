#pragma once
/// Who is in which room, in Redis. Each step is one script, so that of several nodes one wins.
///
/// **Threads**: any. **Blocks**: to the deadline. **Errors**: those of `failure`; `unavailable` when no connection was
/// free before the deadline; `timeout` for a step of which no answer came.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "connection_pool.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::storage_redis {

class RedisPresence final : public PresenceStore {
  public:
    /// `name`: of this store alone, among all that share the rooms.
    RedisPresence(ConnectionPool& pool, const Clock& clock, const std::string& prefix, std::string name);

    /// After a step that timed out, it no longer takes place once this has answered.
    Result<Truth> load(const RoomId& room, const CallContext& context) override;
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override;
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override;
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override;
    Result<std::vector<NodeLease>> leases(const CallContext& context) override;
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override;

  private:
    std::string key_of(const RoomId& room) const { return room_prefix_ + room.str(); }
    bool is_unsettled(const RoomId& room);
    void note_unsettled(const RoomId& room, std::uint64_t step);
    void note_settled(const RoomId& room, std::uint64_t latest);

    ConnectionPool& pool_;
    const Clock& clock_;
    const std::string room_prefix_;
    const std::string node_prefix_;
    const std::string leases_;
    const std::string name_;
    std::atomic<std::uint64_t> steps_{0};
    std::mutex mutex_;
    // Guarded by mutex_: rooms with a step that may still be on its way, and its number.
    std::unordered_map<RoomId, std::uint64_t> unsettled_;
};

}  // namespace televisit::storage_redis
