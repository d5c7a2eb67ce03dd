#pragma once
/// Messages between the nodes that share a room.

#include <cstdint>
#include <string>
#include <string_view>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

struct BackplaneMessage {
    RoomId room;
    NodeId sender;
    std::uint64_t number = 0;  ///< counts the sender's messages; a receiver drops one it has seen
    std::string payload{};     ///< bytes
};

/// Called by the backplane on a thread of its own, one message at a time for each room. Must not block.
class BackplaneListener {
  public:
    virtual ~BackplaneListener() = default;
    virtual void on_message(const BackplaneMessage& message) = 0;
    /// The link was lost, or is there again: messages may have been missed, so look at the truth again.
    virtual void on_link(bool up) = 0;
};

/// **Order**: what one node publishes to one room arrives in that order at every subscriber, the publisher included.
class Backplane {
  public:
    static constexpr std::string_view kCapability = "televisit.backplane/1";
    virtual ~Backplane() = default;

    /// Set once, before anything else; cleared with nullptr, after which it is not called any more.
    virtual void set_listener(BackplaneListener* listener) = 0;
    /// **Threads**: any, event loops included. **Blocks**: never. **Errors**: `unavailable` when the link is down or
    /// its bounded queue is full.
    virtual Result<void> publish(BackplaneMessage message) = 0;
    /// **Blocks**: to the deadline. After it returns, what is published to the room arrives.
    virtual Result<void> subscribe(const RoomId& room, const CallContext& context) = 0;
    virtual Result<void> unsubscribe(const RoomId& room, const CallContext& context) = 0;
};

}  // namespace televisit
