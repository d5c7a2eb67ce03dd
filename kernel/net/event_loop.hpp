#pragma once
/// One thread that waits for sockets, posted tasks and timers, and works them off in turns.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/deadline_wheel.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net {

/// On whose account the loop works. **Owns**: whoever makes one keeps it until the loops have ended.
struct TaskLabel {
    std::string owner;  ///< the plugin's id; empty for the kernel itself
    std::string name;   ///< the route, or what else the task is
};

/// A turn's step that held the loop longer than allowed.
struct SlowTask {
    LoopId loop = 0;
    std::string_view owner;
    std::string_view name;
    Duration held{};
    bool still_running = false;  ///< true: told by the watchdog while the step had not come back
};

/// A task that threw. The exception went no further.
struct TaskFault {
    std::string_view owner;
    std::string_view name;
    std::string_view what;  ///< the exception's text: for the log only
};

/// What waits for a file descriptor.
class IoHandler {
  public:
    virtual void on_io(std::uint32_t events) = 0;

  protected:
    ~IoHandler() = default;
};

struct EventLoopOptions {
    std::string thread_name;
    std::chrono::milliseconds hold_limit{100};
    std::function<void(const SlowTask&)> on_slow;    ///< called on the loop; the watchdog calls it on another one
    std::function<void(const TaskFault&)> on_fault;  ///< called on the loop
    std::size_t max_posted = 1'000'000;              ///< tasks and timers waiting; beyond it `post` returns false
};

/// **Threads**: `post`, `after`, `stop`, `stuck` and the counters from any; everything else on the loop's own thread,
/// or before it runs. **Blocks**: `run` until `stop`; the rest never.
class EventLoop {
  public:
    EventLoop(LoopId id, const Clock& clock, EventLoopOptions options);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Works until `stop`; then runs what was posted before the end, and ends.
    void run();
    void stop();

    LoopId id() const noexcept { return id_; }
    static EventLoop* current() noexcept;
    bool is_current() const noexcept { return current() == this; }

    /// See `EventLoops::post`. `label` says on whose account; it must outlive the loop.
    bool post(LoopTask task, const TaskLabel* label = nullptr);
    bool after(std::chrono::milliseconds delay, LoopTask task, const TaskLabel* label = nullptr);

    /// Level-triggered. **Errors**: false when the kernel refuses (no memory, too many watches).
    bool watch(int fd, std::uint32_t events, IoHandler& handler) noexcept;
    void rewatch(int fd, std::uint32_t events, IoHandler& handler) noexcept;
    void unwatch(int fd) noexcept;

    DeadlineWheel& deadlines() noexcept { return deadlines_; }
    /// The time at the end of the last step.
    SteadyTime now() const noexcept { return now_; }
    /// Charges the rest of this step to `label`.
    void attribute(const TaskLabel& label) noexcept { label_.store(&label, std::memory_order_relaxed); }
    /// Called at the end of each turn, when nothing of the turn's work is on the stack any more.
    void set_turn_end(std::function<void()> turn_end) { turn_end_ = std::move(turn_end); }

    std::uint64_t busy_micros() const noexcept { return busy_micros_.load(std::memory_order_relaxed); }
    std::uint64_t slow_steps() const noexcept { return slow_steps_.load(std::memory_order_relaxed); }
    std::uint64_t task_faults() const noexcept { return task_faults_.load(std::memory_order_relaxed); }
    /// Tasks that other threads have posted, and how often the loop was woken for them.
    std::uint64_t posted() const noexcept { return posted_count_.load(std::memory_order_relaxed); }
    std::uint64_t wakeups() const noexcept { return wakeups_.load(std::memory_order_relaxed); }
    /// For the watchdog: reports a step that has been running for more than `limit`, once.
    void report_stuck(SteadyTime now, std::chrono::milliseconds limit, const std::function<void(const SlowTask&)>& to);

  private:
    struct Posted {
        LoopTask task;
        const TaskLabel* label;
    };
    struct Timer {
        SteadyTime when;
        std::uint64_t number;
        LoopTask task;
        const TaskLabel* label;
        bool operator<(const Timer& other) const noexcept {
            return when != other.when ? when > other.when : number > other.number;
        }
    };

    void turn();
    int wait_millis() const noexcept;
    void end_step();
    void run(const LoopTask& task, const TaskLabel* label);
    void run_posted();
    void run_timers();
    void add_timer(SteadyTime when, LoopTask task, const TaskLabel* label);
    void finish();

    const LoopId id_;
    const Clock& clock_;
    const EventLoopOptions options_;
    int epoll_ = -1;
    int wake_ = -1;

    std::mutex mutex_;
    std::vector<Posted> posted_;   // guarded by mutex_
    bool wake_sent_ = false;       // guarded by mutex_: the loop will look at posted_ without another wake-up
    bool ended_ = false;           // guarded by mutex_
    std::size_t timer_count_ = 0;  // guarded by mutex_: timers set or on their way

    bool running_ = true;
    bool look_ = false;  // posted_ may hold something
    SteadyTime now_;
    std::vector<Posted> batch_;
    std::vector<Timer> timers_;
    std::uint64_t timer_number_ = 0;
    DeadlineWheel deadlines_;
    std::function<void()> turn_end_;

    std::atomic<const TaskLabel*> label_{nullptr};
    std::atomic<std::int64_t> step_since_{0};  // steady nanoseconds; 0 while the loop waits
    std::int64_t stuck_reported_ = 0;          // the watchdog's
    std::atomic<std::uint64_t> busy_micros_{0};
    std::atomic<std::uint64_t> slow_steps_{0};
    std::atomic<std::uint64_t> task_faults_{0};
    std::atomic<std::uint64_t> posted_count_{0};  // written under mutex_
    std::atomic<std::uint64_t> wakeups_{0};       // written under mutex_
};

}  // namespace televisit::net
