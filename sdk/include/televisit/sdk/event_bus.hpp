#pragma once
/// Domain events in memory, best effort: for statistics, notifications and the like. What must not be lost is read from
/// the record store's outbox instead (records.hpp).
///
/// **Threads**: publish from any thread; listeners run on workers of the plugin that subscribed, one at a time in
/// order.
/// **Blocks**: never for the publisher; a subscriber whose bounded queue is full loses the oldest, counted.

#include <functional>
#include <string>
#include <string_view>

#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

struct DomainEvent {
    std::string type;  ///< e.g. "session.created", "room.joined"
    Instant at{};
    SessionId session;
    std::string payload;  ///< JSON; ids only
};

class EventBus {
  public:
    virtual ~EventBus() = default;
    virtual void publish(DomainEvent event) = 0;
    /// Listens to events whose type begins with `prefix` until the plugin is stopped. Call in `start()` only.
    virtual void subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener) = 0;
};

}  // namespace televisit
