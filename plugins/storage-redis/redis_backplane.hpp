#pragma once
/// Messages between nodes through Redis: published and subscribed to on one connection, by one thread.
///
/// The thread sends what waits in one piece, so that many messages take one round trip. While the connection is lost it
/// tries again, after pauses that grow; what Redis has kept meanwhile is delivered before anything newer. Source:
/// docs/adr/0014-backplane-over-redis.md.

#include "backplane_state.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::storage_redis {

class RedisBackplane final : public Backplane {
  public:
    RedisBackplane(BackplaneSettings settings, Secrets& secrets, Logger& logger);
    ~RedisBackplane() override { stop(); }
    RedisBackplane(const RedisBackplane&) = delete;
    RedisBackplane& operator=(const RedisBackplane&) = delete;

    /// Connected when it returns. **Blocks**: to the deadline. **Errors**: `unavailable`; the detail says why.
    Result<void> start(SteadyTime deadline);
    /// Idempotent. What waits is dropped.
    void stop();

    void set_listener(BackplaneListener* listener) override;
    Result<void> publish(BackplaneMessage message) override;
    Result<void> subscribe(const RoomId& room, const CallContext& context) override;
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override;

    struct Snapshot {
        bool up = false;
        std::size_t waiting = 0;  ///< messages, those under way included
        std::size_t waiting_bytes = 0;
        std::size_t rooms = 0;
    };
    Snapshot snapshot() const;
    const BackplaneFigures& figures() const noexcept { return state_.figures; }

  private:
    void run();
    /// Until it is time to try again, or to stop.
    void pause(int failures);
    void lost(const std::string& why);
    std::string command_for(const BackplaneMessage& message) const;
    // With the lock held.
    void drop(const RoomId& room);
    /// If it waits.
    void call_thread();

    const BackplaneSettings settings_;
    const BackplaneNames names_;
    const std::string script_;  // its SHA-1, by which Redis knows it
    Secrets& secrets_;
    Logger& logger_;
    mutable BackplaneState state_;
};

}  // namespace televisit::storage_redis
