#include "runtime/metric_store.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime/metric_instruments.hpp"

namespace televisit::runtime {
namespace {

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool valid_name(std::string_view name, bool colons) noexcept {
    if (name.empty() || name.size() > 200) return false;
    if (!is_letter(name.front()) && !(colons && name.front() == ':')) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || (colons && c == ':'); });
}

void check_labels(std::string_view metric, MetricLabels& labels) {
    std::sort(labels.begin(), labels.end());
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::string& name = labels[i].first;
        if (!valid_name(name, false) || name.starts_with("__") || name == "le")
            throw std::logic_error("metric " + std::string(metric) + ": invalid label name '" + name + "'");
        if (i != 0 && labels[i - 1].first == name)
            throw std::logic_error("metric " + std::string(metric) + ": label '" + name + "' given twice");
    }
}

}  // namespace

struct MetricStore::Series {
    std::unique_ptr<ShardedCounter> counter;
    std::unique_ptr<AtomicGauge> gauge;
    std::unique_ptr<BucketHistogram> histogram;

    MetricSample sample() const {
        MetricSample sample;
        if (histogram) sample = histogram->sample();
        if (counter) sample.value = static_cast<double>(counter->total());
        if (gauge) sample.value = gauge->value();
        return sample;
    }
};

struct MetricStore::Family {
    std::string help;
    MetricKind kind;
    std::map<MetricLabels, Series> series;
    Series overflow;  // takes what is above kMaxSeries; never shown
};

MetricStore::MetricStore() {
    dropped_ =
        &counter("televisit_metric_series_dropped_total", "Series not kept because their family has too many", {});
}

MetricStore::~MetricStore() = default;

MetricStore::Family& MetricStore::family(std::string_view name, std::string_view help, MetricKind kind) {
    auto found = families_.find(name);
    if (found == families_.end()) {
        if (!valid_name(name, true)) throw std::logic_error("invalid metric name '" + std::string(name) + "'");
        auto made = std::make_unique<Family>();
        made->help = help;
        made->kind = kind;
        found = families_.emplace(std::string(name), std::move(made)).first;
    }
    if (found->second->kind != kind)
        throw std::logic_error("metric " + std::string(name) + " is already there as another kind");
    return *found->second;
}

MetricStore::Series& MetricStore::series(Family& family, MetricLabels labels) {
    const auto found = family.series.find(labels);
    if (found != family.series.end()) return found->second;
    if (family.series.size() < kMaxSeries) return family.series[std::move(labels)];
    dropped_->add();
    return family.overflow;
}

Counter& MetricStore::counter(std::string_view name, std::string_view help, MetricLabels labels) {
    check_labels(name, labels);
    const std::lock_guard lock(mutex_);
    Series& found = series(family(name, help, MetricKind::counter), std::move(labels));
    if (!found.counter) found.counter = std::make_unique<ShardedCounter>();
    return *found.counter;
}

Gauge& MetricStore::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
    check_labels(name, labels);
    const std::lock_guard lock(mutex_);
    Series& found = series(family(name, help, MetricKind::gauge), std::move(labels));
    if (!found.gauge) found.gauge = std::make_unique<AtomicGauge>();
    return *found.gauge;
}

Histogram& MetricStore::histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds,
                                  MetricLabels labels) {
    check_labels(name, labels);
    if (!std::is_sorted(upper_bounds.begin(), upper_bounds.end(), std::less_equal<>()))
        throw std::logic_error("metric " + std::string(name) + ": the bounds of its buckets do not ascend");
    const std::lock_guard lock(mutex_);
    Series& found = series(family(name, help, MetricKind::histogram), std::move(labels));
    if (!found.histogram) found.histogram = std::make_unique<BucketHistogram>(std::move(upper_bounds));
    return *found.histogram;
}

void MetricStore::add_source(std::function<std::vector<MetricFamily>()> source) {
    const std::lock_guard lock(mutex_);
    sources_.push_back(std::make_shared<const std::function<std::vector<MetricFamily>()>>(std::move(source)));
}

std::vector<MetricFamily> MetricStore::collect() const {
    std::map<std::string, MetricFamily> result;
    decltype(sources_) sources;
    {
        const std::lock_guard lock(mutex_);
        sources = sources_;
        for (const auto& [name, family] : families_) {
            MetricFamily copy{name, family->help, family->kind, {}};
            for (const auto& [labels, series] : family->series) {
                copy.samples.push_back(series.sample());
                copy.samples.back().labels = labels;
            }
            result.emplace(name, std::move(copy));
        }
    }
    for (const auto& source : sources)
        for (MetricFamily& family : (*source)()) merge(result, std::move(family));
    std::vector<MetricFamily> families;
    for (auto& [name, family] : result) families.push_back(std::move(family));
    return families;
}

void MetricStore::merge(std::map<std::string, MetricFamily>& into, MetricFamily family) const {
    if (!valid_name(family.name, true)) return;
    const auto [place, fresh] = into.try_emplace(family.name, MetricFamily{family.name, family.help, family.kind, {}});
    MetricFamily& target = place->second;
    if (target.kind != family.kind) return;
    for (MetricSample& sample : family.samples) {
        std::sort(sample.labels.begin(), sample.labels.end());
        const bool known = std::any_of(target.samples.begin(), target.samples.end(),
                                       [&](const MetricSample& other) { return other.labels == sample.labels; });
        if (!known) target.samples.push_back(std::move(sample));
    }
}

}  // namespace televisit::runtime
