#pragma once
/// The server's event loops, as far as a plugin with loop handlers sees them.
///
/// Each connection belongs to one loop, and everything of it happens there; so what a plugin keeps for each connection
/// needs no lock if it is touched on that loop only. **Threads**: every function from any thread. **Blocks**: never.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace televisit {

/// Index of an event loop, 0 … count-1.
using LoopId = std::uint16_t;

/// Work on a loop; must not block.
using LoopTask = std::function<void()>;

class EventLoops {
  public:
    virtual ~EventLoops() = default;
    virtual LoopId count() const noexcept = 0;
    /// The loop that this thread is, if it is one.
    virtual std::optional<LoopId> current() const noexcept = 0;
    /// Runs `task` on that loop, after what was posted to it before by this thread. A loop is woken once for a batch.
    /// Returns false, and drops the task, when the loop has ended or its queue is full.
    virtual bool post(LoopId loop, LoopTask task) = 0;
    /// Runs `task` on that loop once, `delay` from now or a little later. There is no cancelling: a task checks whether
    /// it is still wanted. For one timer a connection keep an ordered list and one timer a loop instead.
    virtual bool after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) = 0;
};

}  // namespace televisit
