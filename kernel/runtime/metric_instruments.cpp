#include "runtime/metric_instruments.hpp"

#include <algorithm>

namespace televisit::runtime {

std::size_t metric_shard() noexcept {
    static std::atomic<std::size_t> next{0};
    static thread_local const std::size_t shard = next.fetch_add(1, std::memory_order_relaxed);
    return shard;
}

std::uint64_t ShardedCounter::total() const noexcept {
    std::uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
}

BucketHistogram::BucketHistogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)), counts_(upper_bounds_.size() + 1) {}

void BucketHistogram::observe(double value) noexcept {
    const auto bucket = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value);
    counts_[static_cast<std::size_t>(bucket - upper_bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

MetricSample BucketHistogram::sample() const {
    MetricSample sample;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < upper_bounds_.size(); ++i) {
        cumulative += counts_[i].load(std::memory_order_relaxed);
        sample.buckets.emplace_back(upper_bounds_[i], cumulative);
    }
    sample.count = cumulative + counts_.back().load(std::memory_order_relaxed);
    sample.value = sum_.load(std::memory_order_relaxed);
    return sample;
}

}  // namespace televisit::runtime
