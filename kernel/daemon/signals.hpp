#pragma once
/// Signals, taken by one thread and by nothing else.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "televisit/sdk/time.hpp"

namespace televisit::daemon {

/// Blocks SIGHUP, SIGTERM, SIGINT and SIGQUIT for this thread and all that it makes, and ignores SIGPIPE. Call before
/// there is any other thread.
void block_signals();

/// Waits for the blocked signals. **Threads**: one makes and destroys it; `on_hangup` runs on the waiting thread.
class SignalThread {
  public:
    explicit SignalThread(std::function<void()> on_hangup);
    ~SignalThread();
    SignalThread(const SignalThread&) = delete;
    SignalThread& operator=(const SignalThread&) = delete;

    /// **Blocks** until SIGTERM, SIGINT or SIGQUIT; the name of the signal.
    const char* wait_for_end();

  private:
    void take();

    const std::function<void()> on_hangup_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int end_signal_ = 0;    // guarded by mutex_
    bool leaving_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace televisit::daemon
