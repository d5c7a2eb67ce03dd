#pragma once
/// One thread that calls back at given times.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "televisit/sdk/time.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Blocks**: never, but for `stop`. Callbacks run on the timer's thread, one after the other: they
/// hand work on and must not block. Holds at most `kMaxTimers`.
class TimerThread {
  public:
    static constexpr std::size_t kMaxTimers = 500'000;
    using Task = std::function<void()>;
    /// Names one timer; the default value names none.
    using Token = std::pair<SteadyTime, std::uint64_t>;

    TimerThread();
    ~TimerThread();
    TimerThread(const TimerThread&) = delete;
    TimerThread& operator=(const TimerThread&) = delete;

    /// **Errors**: the default token when there are too many timers, or after `stop`; the task is then dropped.
    Token at(SteadyTime when, Task task);
    /// True when the task has not begun and will not run; it is destroyed here.
    bool cancel(const Token& token);
    /// Drops what is left. Not from a callback.
    void stop();

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Token, Task> tasks_;  // guarded by mutex_
    std::uint64_t number_ = 0;     // guarded by mutex_
    bool stopped_ = false;         // guarded by mutex_
    std::thread thread_;
};

}  // namespace televisit::runtime
