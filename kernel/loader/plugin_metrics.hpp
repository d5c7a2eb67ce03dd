#pragma once
/// Metrics and events as one plugin sees them: what it registers ends with it.

#include <memory>
#include <shared_mutex>

#include "loader/http_proxy.hpp"
#include "runtime/memory_event_bus.hpp"
#include "televisit/sdk/event_bus.hpp"
#include "televisit/sdk/metrics.hpp"

namespace televisit::loader {

/// Instruments come straight from the registry. Sources are guarded, and not asked any more after `close`.
class PluginMetrics final : public MetricRegistry {
  public:
    PluginMetrics(MetricRegistry& registry, runtime::Guard& guard);

    Counter& counter(std::string_view name, std::string_view help, MetricLabels labels) override {
        return registry_.counter(name, help, std::move(labels));
    }
    Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels) override {
        return registry_.gauge(name, help, std::move(labels));
    }
    Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                         MetricLabels labels) override {
        return registry_.histogram(name, help, std::move(upper_bounds), std::move(labels));
    }
    void add_source(std::function<std::vector<MetricFamily>()> source) override;
    std::vector<MetricFamily> collect() const override { return registry_.collect(); }

    /// **Blocks** until no source is being asked.
    void close();

  private:
    struct Gate;

    MetricRegistry& registry_;
    runtime::Guard& guard_;
    std::shared_ptr<Gate> gate_;  // shared with the sources, which the registry keeps
};

class PluginEvents final : public EventBus {
  public:
    PluginEvents(runtime::MemoryEventBus& bus, runtime::WorkerPool& pool, runtime::Guard& guard)
        : bus_(bus), pool_(pool), guard_(guard) {}
    void publish(DomainEvent event) override { bus_.publish(event); }
    void subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener) override {
        bus_.subscribe(prefix, std::move(listener), pool_, guard_);
    }

  private:
    runtime::MemoryEventBus& bus_;
    runtime::WorkerPool& pool_;
    runtime::Guard& guard_;
};

}  // namespace televisit::loader
