#include "loader/plugin_metrics.hpp"

namespace televisit::loader {

struct PluginMetrics::Gate {
    std::shared_mutex mutex;
    bool open = true;  // guarded by mutex
};

PluginMetrics::PluginMetrics(MetricRegistry& registry, runtime::Guard& guard)
    : registry_(registry), guard_(guard), gate_(std::make_shared<Gate>()) {}

void PluginMetrics::add_source(std::function<std::vector<MetricFamily>()> source) {
    registry_.add_source([gate = gate_, source = std::move(source), &guard = guard_] {
        std::vector<MetricFamily> families;
        const std::shared_lock lock(gate->mutex);
        if (gate->open) guard.run("metrics source", [&] { families = source(); });
        return families;
    });
}

void PluginMetrics::close() {
    const std::unique_lock lock(gate_->mutex);
    gate_->open = false;
}

}  // namespace televisit::loader
