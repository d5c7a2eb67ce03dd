#pragma once
/// The border that no exception crosses.

#include <string>
#include <string_view>
#include <utility>

#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::runtime {

/// Calls code of one plugin; what it throws is logged and counted under the plugin's name. **Threads**: any.
class Guard {
  public:
    Guard(std::string plugin, Logger& logger, MetricRegistry& metrics);

    /// The result of `function`, which returns a `Result`; `internal` when it throws. `what` names the call in the log.
    template <class Function>
    auto call(std::string_view what, Function&& function) -> decltype(function()) {
        try {
            return std::forward<Function>(function)();
        } catch (...) {
            return caught(what);
        }
    }

    /// Whether `function` came back without throwing.
    template <class Function>
    bool run(std::string_view what, Function&& function) noexcept {
        try {
            std::forward<Function>(function)();
            return true;
        } catch (...) {
            static_cast<void>(caught(what));
            return false;
        }
    }

    const std::string& plugin() const noexcept { return plugin_; }
    Logger& logger() const noexcept { return logger_; }

  private:
    /// Called while an exception is handled.
    Error caught(std::string_view what) noexcept;

    const std::string plugin_;
    Logger& logger_;
    Counter& exceptions_;
};

/// What the exception that is being handled says of itself.
std::string describe_current_exception() noexcept;

}  // namespace televisit::runtime
