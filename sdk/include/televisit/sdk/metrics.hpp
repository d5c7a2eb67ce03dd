#pragma once
/// Counters, gauges and histograms. Present whether or not a metrics plugin exposes them.
///
/// **Threads**: any. **Blocks**: never on `add`, `set`, `observe`; ask the registry for an instrument once and keep the
/// reference.
/// **Owns**: the registry; references live until the plugin's `stop()` returns.
/// Names follow Prometheus: `televisit_<what>_<unit>[_total]`, base units (seconds, bytes). Label values come from
/// closed sets: never ids of people, sessions or sockets.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace televisit {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
  public:
    virtual ~Counter() = default;
    virtual void add(std::uint64_t amount = 1) noexcept = 0;
};

class Gauge {
  public:
    virtual ~Gauge() = default;
    virtual void set(double value) noexcept = 0;
    virtual void add(double amount) noexcept = 0;
};

class Histogram {
  public:
    virtual ~Histogram() = default;
    virtual void observe(double value) noexcept = 0;
};

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

/// One instrument as read at one moment.
struct MetricSample {
    MetricLabels labels;
    double value = 0;         ///< of a counter or gauge; of a histogram the sum
    std::uint64_t count = 0;  ///< of a histogram
    std::vector<std::pair<double, std::uint64_t>>
        buckets{};  ///< of a histogram: upper bound, cumulative count; +Inf left out
};

struct MetricFamily {
    std::string name;
    std::string help;
    MetricKind kind = MetricKind::counter;
    std::vector<MetricSample> samples;
};

class MetricRegistry {
  public:
    virtual ~MetricRegistry() = default;
    /// The same name and labels give the same instrument. A name used with another kind, or one that is no valid
    /// Prometheus name, throws `std::logic_error`.
    virtual Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {}) = 0;
    virtual Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {}) = 0;
    virtual Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                                 MetricLabels labels = {}) = 0;
    /// Families computed when somebody looks: for figures that are kept elsewhere. Called on any thread.
    virtual void add_source(std::function<std::vector<MetricFamily>()> source) = 0;
    /// Everything, sorted by name.
    virtual std::vector<MetricFamily> collect() const = 0;
};

}  // namespace televisit
