#pragma once
/// Who is in which room, in Redis. Each step is one script, so that of several nodes one wins.
///
/// **Threads**: any. **Blocks**: to the deadline. **Errors**: those of `failure`; `unavailable` when no connection was
/// free before the deadline; `timeout` for a step of which no answer came.

#include <string>

#include "connection_pool.hpp"
#include "televisit/sdk/presence.hpp"

namespace televisit::storage_redis {

class RedisPresence final : public PresenceStore {
  public:
    RedisPresence(ConnectionPool& pool, const Clock& clock, const std::string& prefix);

    Result<Truth> load(const RoomId& room, const CallContext& context) override;
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override;
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override;
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override;
    Result<std::vector<NodeLease>> leases(const CallContext& context) override;
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override;

  private:
    std::string key_of(const RoomId& room) const { return room_prefix_ + room.str(); }

    ConnectionPool& pool_;
    const Clock& clock_;
    const std::string room_prefix_;
    const std::string node_prefix_;
    const std::string leases_;
};

}  // namespace televisit::storage_redis
