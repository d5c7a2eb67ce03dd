#pragma once
/// The way to the event loops for what may outlive the plugin: responders and holds that others keep.

#include <mutex>
#include <utility>

#include "televisit/sdk/event_loops.hpp"

namespace televisit::socketio {

/// **Threads**: any. The lock spans the call to the host, which never blocks: it is what makes `close` final.
class LoopGate {
  public:
    explicit LoopGate(EventLoops& loops) : loops_(&loops) {}

    bool post(LoopId loop, LoopTask task) {
        const std::lock_guard lock(mutex_);
        return loops_ != nullptr && loops_->post(loop, std::move(task));
    }
    bool is_current(LoopId loop) {
        const std::lock_guard lock(mutex_);
        return loops_ != nullptr && loops_->current() == loop;
    }
    /// The host's loops are not touched from then on.
    void close() {
        const std::lock_guard lock(mutex_);
        loops_ = nullptr;
    }

  private:
    std::mutex mutex_;
    EventLoops* loops_;  // guarded by mutex_
};

}  // namespace televisit::socketio
