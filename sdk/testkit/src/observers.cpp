#include "televisit/testkit/observers.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace televisit::testkit {

void CapturingLogger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept {
    LogRecord record{level, std::string(event), {}};
    for (const auto& field : fields)
        record.fields[std::string(field.name)] = std::visit(
            [](const auto& value) {
                using T = std::decay_t<decltype(value)>;
                if constexpr (std::is_same_v<T, std::string_view>)
                    return std::string(value);
                else if constexpr (std::is_same_v<T, bool>)
                    return std::string(value ? "true" : "false");
                else
                    return std::to_string(value);
            },
            field.value);
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
}

std::vector<LogRecord> CapturingLogger::records() const {
    const std::lock_guard lock(mutex_);
    return records_;
}

bool CapturingLogger::mentions(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    const auto in = [text](const std::string& where) { return where.find(text) != std::string::npos; };
    return std::any_of(records_.begin(), records_.end(), [&](const LogRecord& record) {
        return in(record.event) || std::any_of(record.fields.begin(), record.fields.end(),
                                               [&](const auto& field) { return in(field.second); });
    });
}

struct FakeMetricRegistry::Instrument final : Counter, Gauge, Histogram {
    Instrument(MetricLabels with, std::vector<double> upper_bounds)
        : labels(std::move(with)), bounds(std::move(upper_bounds)), buckets(bounds.size()) {}

    void add(std::uint64_t amount) noexcept override { plus(static_cast<double>(amount)); }
    void set(double to) noexcept override { value = to; }
    void add(double amount) noexcept override { plus(amount); }
    void observe(double seen) noexcept override {
        plus(seen);
        ++count;
        for (std::size_t i = 0; i < bounds.size(); ++i)
            if (seen <= bounds[i]) ++buckets[i];
    }
    void plus(double amount) noexcept {
        for (auto old = value.load(); !value.compare_exchange_weak(old, old + amount);) continue;
    }

    MetricLabels labels;
    std::vector<double> bounds;
    std::atomic<double> value{0};
    std::atomic<std::uint64_t> count{0};
    std::vector<std::atomic<std::uint64_t>> buckets;
};

struct FakeMetricRegistry::Family {
    std::string help;
    MetricKind kind;
    std::deque<Instrument> instruments{};
};

FakeMetricRegistry::FakeMetricRegistry() = default;
FakeMetricRegistry::~FakeMetricRegistry() = default;

FakeMetricRegistry::Instrument& FakeMetricRegistry::instrument(std::string_view name, std::string_view help,
                                                               MetricKind kind, MetricLabels labels,
                                                               std::vector<double> bounds) {
    const std::lock_guard lock(mutex_);
    auto found = families_.find(name);
    if (found == families_.end())
        found = families_.try_emplace(std::string(name), Family{std::string(help), kind}).first;
    auto& family = found->second;
    if (family.kind != kind) throw std::logic_error("metric " + std::string(name) + " is of another kind");
    for (auto& known : family.instruments)
        if (known.labels == labels) return known;
    return family.instruments.emplace_back(std::move(labels), std::move(bounds));
}

Counter& FakeMetricRegistry::counter(std::string_view name, std::string_view help, MetricLabels labels) {
    return instrument(name, help, MetricKind::counter, std::move(labels), {});
}

Gauge& FakeMetricRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
    return instrument(name, help, MetricKind::gauge, std::move(labels), {});
}

Histogram& FakeMetricRegistry::histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                                         MetricLabels labels) {
    return instrument(name, help, MetricKind::histogram, std::move(labels), std::move(upper_bounds));
}

void FakeMetricRegistry::add_source(std::function<std::vector<MetricFamily>()> source) {
    const std::lock_guard lock(mutex_);
    sources_.push_back(std::move(source));
}

std::vector<MetricFamily> FakeMetricRegistry::collect() const {
    std::vector<MetricFamily> all;
    std::vector<std::function<std::vector<MetricFamily>()>> sources;
    {
        const std::lock_guard lock(mutex_);
        sources = sources_;
        for (const auto& [name, family] : families_) {
            MetricFamily out{name, family.help, family.kind, {}};
            for (const auto& one : family.instruments) {
                MetricSample sample{one.labels, one.value, one.count, {}};
                for (std::size_t i = 0; i < one.bounds.size(); ++i)
                    sample.buckets.emplace_back(one.bounds[i], one.buckets[i].load());
                out.samples.push_back(std::move(sample));
            }
            all.push_back(std::move(out));
        }
    }
    for (const auto& source : sources)
        for (auto& family : source()) all.push_back(std::move(family));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

double FakeMetricRegistry::value(std::string_view name, const MetricLabels& labels) const {
    for (const auto& family : collect())
        if (family.name == name)
            for (const auto& sample : family.samples)
                if (sample.labels == labels)
                    return family.kind == MetricKind::histogram ? static_cast<double>(sample.count) : sample.value;
    return 0;
}

void FakeEventBus::publish(DomainEvent event) {
    std::vector<std::function<void(const DomainEvent&)>> wanted;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [prefix, listener] : listeners_)
            if (event.type.starts_with(prefix)) wanted.push_back(listener);
        published_.push_back(event);
    }
    for (const auto& listener : wanted) listener(event);
}

void FakeEventBus::subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener) {
    const std::lock_guard lock(mutex_);
    listeners_.emplace_back(std::string(prefix), std::move(listener));
}

std::vector<DomainEvent> FakeEventBus::published() const {
    const std::lock_guard lock(mutex_);
    return published_;
}

}  // namespace televisit::testkit
