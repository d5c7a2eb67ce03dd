#pragma once
/// The registry of counters, gauges and histograms.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/metrics.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Blocks**: for other callers of the registry; instruments never. A family holds at most
/// `kMaxSeries` series: further ones are counted nowhere, but for `televisit_metric_series_dropped_total`.
class MetricStore final : public MetricRegistry {
  public:
    static constexpr std::size_t kMaxSeries = 2000;

    MetricStore();
    ~MetricStore() override;

    Counter& counter(std::string_view name, std::string_view help, MetricLabels labels) override;
    Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels) override;
    Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                         MetricLabels labels) override;
    void add_source(std::function<std::vector<MetricFamily>()> source) override;
    /// Samples of one family that come from several places are put together; of two with the same labels the first
    /// counts.
    std::vector<MetricFamily> collect() const override;

  private:
    struct Series;
    struct Family;
    Family& family(std::string_view name, std::string_view help, MetricKind kind);
    Series& series(Family& family, MetricLabels labels);
    void merge(std::map<std::string, MetricFamily>& into, MetricFamily family) const;

    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Family>, std::less<>> families_;                    // guarded by mutex_
    std::vector<std::shared_ptr<const std::function<std::vector<MetricFamily>()>>> sources_;  // guarded by mutex_
    Counter* dropped_ = nullptr;
};

}  // namespace televisit::runtime
