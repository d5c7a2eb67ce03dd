#pragma once
/// The bounded worker pool of one plugin instance.

#include <chrono>
#include <functional>

#include "televisit/sdk/result.hpp"

namespace televisit {

/// **Threads**: any. **Blocks**: never.
class Executor {
  public:
    virtual ~Executor() = default;
    /// Runs `task` on a worker of this plugin. **Errors**: `unavailable` when the queue is full or the plugin is
    /// stopping; the task is then dropped. An exception from a task is caught, counted and logged with the plugin's
    /// name.
    virtual Result<void> post(std::function<void()> task) = 0;
    /// Runs `task` on a worker every `period` until the plugin is stopped, never twice at once.
    virtual Result<void> every(std::chrono::milliseconds period, std::function<void()> task) = 0;
    /// Runs `task` once, `delay` from now, unless the plugin stops before.
    virtual Result<void> after(std::chrono::milliseconds delay, std::function<void()> task) = 0;
};

}  // namespace televisit
