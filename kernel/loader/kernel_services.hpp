#pragma once
/// The kernel's parts that plugins reach through their host.

#include "loader/frontend.hpp"
#include "runtime/log_sink.hpp"
#include "runtime/memory_event_bus.hpp"
#include "runtime/metric_store.hpp"
#include "runtime/timer_thread.hpp"
#include "televisit/sdk/plugin.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::loader {

/// What the server is doing. **Threads**: any.
class StatusSource {
  public:
    virtual ~StatusSource() = default;
    virtual ServerStatus status() const = 0;
    /// `state` as in `ServerStatus::Component`; `detail` is fit for an operator.
    virtual void set_component(const std::string& id, const std::string& kind, const std::string& state,
                               const std::string& detail) = 0;
};

/// **Owns**: nothing; all of it outlives the plugins.
struct KernelServices {
    const Clock& clock;
    Secrets& secrets;
    runtime::LogSink& log;
    runtime::MetricStore& metrics;
    runtime::TimerThread& timers;
    runtime::MemoryEventBus& events;
    Frontend& frontend;
    StatusSource& status;
};

}  // namespace televisit::loader
