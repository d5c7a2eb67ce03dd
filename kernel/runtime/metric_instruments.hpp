#pragma once
/// The instruments themselves: relaxed atomics, spread so that threads seldom share a cache line.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "televisit/sdk/metrics.hpp"

namespace televisit::runtime {

/// A small number that is the same for all calls of a thread.
std::size_t metric_shard() noexcept;

class ShardedCounter final : public Counter {
  public:
    static constexpr std::size_t kShards = 8;

    void add(std::uint64_t amount) noexcept override {
        shards_[metric_shard() % kShards].value.fetch_add(amount, std::memory_order_relaxed);
    }
    std::uint64_t total() const noexcept;

  private:
    struct alignas(64) Shard {
        std::atomic<std::uint64_t> value{0};
    };
    std::array<Shard, kShards> shards_;
};

class AtomicGauge final : public Gauge {
  public:
    void set(double value) noexcept override { value_.store(value, std::memory_order_relaxed); }
    void add(double amount) noexcept override { value_.fetch_add(amount, std::memory_order_relaxed); }
    double value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<double> value_{0};
};

class BucketHistogram final : public Histogram {
  public:
    /// `upper_bounds` ascend; the bucket above the last is there by itself.
    explicit BucketHistogram(std::vector<double> upper_bounds);
    void observe(double value) noexcept override;
    MetricSample sample() const;
    const std::vector<double>& upper_bounds() const noexcept { return upper_bounds_; }

  private:
    const std::vector<double> upper_bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

}  // namespace televisit::runtime
