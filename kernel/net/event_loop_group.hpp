#pragma once
/// The server's event loops: those of the public listeners, and one more for the admin listener.

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/event_loop.hpp"

namespace televisit::net {

struct EventLoopGroupOptions {
    LoopId count = 1;  ///< public loops, at least 1
    std::chrono::milliseconds hold_limit{100};
    /// A step that does not come back is told by the watchdog after this long. 0: no watchdog.
    std::chrono::milliseconds stuck_limit{2000};
    std::function<void(const SlowTask&)> on_slow;
    std::function<void(const TaskFault&)> on_fault;
    std::size_t max_posted = 1'000'000;
};

/// `count()` and the ids below it are the public loops; the admin loop has the id `count()` and takes posts like the
/// others.
/// **Threads**: any, but `start` and `stop` from one, once each. **Blocks**: `stop` until the loops have ended.
class EventLoopGroup final : public EventLoops {
  public:
    EventLoopGroup(const Clock& clock, EventLoopGroupOptions options);
    ~EventLoopGroup() override;

    LoopId count() const noexcept override { return static_cast<LoopId>(loops_.size() - 1); }
    std::optional<LoopId> current() const noexcept override;
    bool post(LoopId loop, LoopTask task) override;
    bool after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) override;

    LoopId admin() const noexcept { return count(); }
    EventLoop& loop(LoopId id) { return *loops_.at(id); }
    std::size_t size() const noexcept { return loops_.size(); }

    /// The same loops, with what is posted through it charged to `owner` when it holds a loop. **Owns**: must not
    /// outlive the group.
    std::unique_ptr<EventLoops> charged_to(std::string owner);

    void start();
    void stop();
    /// Runs `task` on a loop and waits for it. At once on that loop itself. False, and not run, when the loops do not
    /// run.
    bool run_on(LoopId loop, const LoopTask& task);

  private:
    void watch_for_stuck_loops();

    const Clock& clock_;
    const EventLoopGroupOptions options_;
    std::vector<std::unique_ptr<EventLoop>> loops_;
    std::vector<std::thread> threads_;
    std::mutex labels_mutex_;
    std::deque<TaskLabel> labels_;  // guarded by labels_mutex_; a deque, for loops point into it
};

}  // namespace televisit::net
