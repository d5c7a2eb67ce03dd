#pragma once
/// What other threads have for the sockets of one event loop, in the order it was handed over.
///
/// Events are laid out one behind the other in one block of memory, and the loop is called once for all of them: a
/// message to another loop costs a copy, not an allocation, a task and a wake-up of its own.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockets/key.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

class SocketLoop;

/// What has been handed over, as the loop works it off. **Threads**: one. **Owns**: its bytes and tasks.
class InboxBatch {
  public:
    using Task = std::function<void(SocketLoop&)>;

    bool at_end() const noexcept { return read_ == bytes_.size(); }
    /// Does what is next, to the sockets of `loop`. Counts as done even if it throws.
    void step(SocketLoop& loop);

  private:
    friend class Inbox;
    enum class Kind : std::uint8_t { event, lost, task };
    struct Head {
        Kind kind;
        std::uint32_t keys, event, args, attachments;
    };

    void add(Kind kind, std::span<const SocketKey> to, LoopId loop, const Emission& emission);
    void add(Task task);
    void clear();
    template <class Value>
    void put(const Value& value);
    template <class Value>
    Value get();
    std::string_view get_text(std::size_t size);

    std::string bytes_;
    std::vector<Task> tasks_;
    std::size_t read_ = 0;
    std::size_t next_task_ = 0;
    std::vector<SocketKey> keys_;  // of the event in hand
    std::vector<std::string_view> attachments_;
};

/// **Threads**: any. Nothing is called while it is locked.
class Inbox {
  public:
    /// `limit`: bytes of events that wait.
    Inbox(LoopId loop, std::size_t limit) : loop_(loop), limit_(limit) {}

    enum class Added : std::uint8_t {
        unannounced,  ///< nobody has called the loop yet, so whoever added is to see to it
        announced,
    };
    struct Outcome {
        Added added;
        EmitResult result;  ///< queued; dropped above the limit: those sockets will be closed instead
    };
    /// An event for those of `to` that are on this loop.
    Outcome add(std::span<const SocketKey> to, const Emission& emission);
    /// Anything else that must keep its place among the events.
    Added add(InboxBatch::Task task);
    /// True when the loop is to be called: there is something, and nobody has called it yet.
    bool announce();
    /// Everything that waits, in exchange for a batch at its end. False when there is nothing. The loop's.
    bool take(InboxBatch& batch);
    /// Drops what waits, and whatever is still to come: what tasks hold is let go of.
    void close();

  private:
    Added added() const noexcept { return announced_ ? Added::announced : Added::unannounced; }

    const LoopId loop_;
    const std::size_t limit_;
    std::mutex mutex_;
    InboxBatch waiting_;      // guarded by mutex_
    bool announced_ = false;  // guarded by mutex_
    bool closed_ = false;     // guarded by mutex_
};

}  // namespace televisit::socketio
