#include "text_format.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>

namespace televisit::metrics {

namespace {

prometheus::MetricType type_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter:
            return prometheus::MetricType::Counter;
        case MetricKind::gauge:
            return prometheus::MetricType::Gauge;
        case MetricKind::histogram:
            return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

void fill_histogram(const MetricSample& sample, prometheus::ClientMetric::Histogram& histogram) {
    histogram.sample_count = sample.count;
    histogram.sample_sum = sample.value;
    for (const auto& [bound, cumulative] : sample.buckets) histogram.bucket.push_back({cumulative, bound});
    histogram.bucket.push_back({sample.count, std::numeric_limits<double>::infinity()});
}

prometheus::ClientMetric convert(const MetricSample& sample, MetricKind kind) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    switch (kind) {
        case MetricKind::counter:
            metric.counter.value = sample.value;
            break;
        case MetricKind::gauge:
            metric.gauge.value = sample.value;
            break;
        case MetricKind::histogram:
            fill_histogram(sample, metric.histogram);
            break;
    }
    return metric;
}

}  // namespace

std::string to_text(const std::vector<MetricFamily>& families) {
    std::vector<prometheus::MetricFamily> converted;
    for (const auto& family : families) {
        if (family.samples.empty()) continue;
        prometheus::MetricFamily one{family.name, family.help, type_of(family.kind), {}};
        for (const auto& sample : family.samples) one.metric.push_back(convert(sample, family.kind));
        converted.push_back(std::move(one));
    }
    return prometheus::TextSerializer().Serialize(converted);
}

}  // namespace televisit::metrics
