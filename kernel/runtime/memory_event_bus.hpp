#pragma once
/// Domain events in memory: a bounded queue for each subscriber.

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/guard.hpp"
#include "runtime/worker_pool.hpp"
#include "televisit/sdk/event_bus.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Blocks**: never. A subscriber with `kMaxWaiting` events waiting loses the oldest.
class MemoryEventBus {
  public:
    static constexpr std::size_t kMaxWaiting = 1024;

    explicit MemoryEventBus(MetricRegistry& metrics);

    void publish(const DomainEvent& event);
    /// `pool` and `guard` are the subscriber's, and must live until `unsubscribe(guard.plugin())` has returned.
    void subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener, WorkerPool& pool,
                   Guard& guard);
    /// All of a plugin's subscriptions. A listener that runs is not waited for: stop the plugin's pool.
    void unsubscribe(std::string_view plugin);

  private:
    struct Subscription;

    MetricRegistry& metrics_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Subscription>> subscriptions_;  // guarded by mutex_
};

}  // namespace televisit::runtime
