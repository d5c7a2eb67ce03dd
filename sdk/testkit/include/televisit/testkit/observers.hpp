#pragma once
/// What a plugin says, kept for a test to look at: log records, figures, domain events. **Threads**: any.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "televisit/sdk/event_bus.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"

namespace televisit::testkit {

struct LogRecord {
    LogLevel level;
    std::string event;
    std::map<std::string, std::string> fields;  ///< numbers and flags as text
};

class CapturingLogger final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept override;

    std::vector<LogRecord> records() const;
    /// Whether `text` stands anywhere in what was logged: to prove that a secret does not.
    bool mentions(std::string_view text) const;

  private:
    mutable std::mutex mutex_;
    std::vector<LogRecord> records_;  // guarded by mutex_
};

class FakeMetricRegistry final : public MetricRegistry {
  public:
    FakeMetricRegistry();
    ~FakeMetricRegistry() override;
    Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {}) override;
    Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {}) override;
    Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                         MetricLabels labels = {}) override;
    void add_source(std::function<std::vector<MetricFamily>()> source) override;
    std::vector<MetricFamily> collect() const override;

    /// The value of a counter or gauge now, the count of a histogram; 0 when there is none.
    double value(std::string_view name, const MetricLabels& labels = {}) const;

  private:
    struct Instrument;
    struct Family;
    Instrument& instrument(std::string_view name, std::string_view help, MetricKind kind, MetricLabels labels,
                           std::vector<double> bounds);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;  // guarded by mutex_, as below
    std::vector<std::function<std::vector<MetricFamily>()>> sources_;
};

/// Delivers on the publisher's thread, at once.
class FakeEventBus final : public EventBus {
  public:
    void publish(DomainEvent event) override;
    void subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener) override;
    std::vector<DomainEvent> published() const;

  private:
    mutable std::mutex mutex_;
    std::vector<DomainEvent> published_;  // guarded by mutex_, as below
    std::vector<std::pair<std::string, std::function<void(const DomainEvent&)>>> listeners_;
};

}  // namespace televisit::testkit
