#include "runtime/memory_event_bus.hpp"

#include <deque>

namespace televisit::runtime {

struct MemoryEventBus::Subscription : std::enable_shared_from_this<Subscription> {
    Subscription(std::string_view p, std::function<void(const DomainEvent&)> l, WorkerPool& w, Guard& g, Counter& c)
        : prefix(p), listener(std::move(l)), pool(w), guard(g), lost(c) {}

    void deliver(const DomainEvent& event) {
        {
            const std::lock_guard lock(mutex);
            if (ended) return;
            if (waiting.size() >= kMaxWaiting) {
                waiting.pop_front();
                lost.add();
            }
            waiting.push_back(event);
            if (scheduled) return;
            scheduled = true;
        }
        // A full pool leaves the events waiting; the next one that is published tries again.
        if (!pool.post([self = shared_from_this()] { self->work_off(); })) {
            const std::lock_guard lock(mutex);
            scheduled = false;
        }
    }

    void work_off() {
        while (true) {
            DomainEvent event;
            {
                const std::lock_guard lock(mutex);
                if (ended || waiting.empty()) {
                    scheduled = false;
                    return;
                }
                event = std::move(waiting.front());
                waiting.pop_front();
            }
            guard.run("event listener", [&] { listener(event); });
        }
    }

    void end() {
        const std::lock_guard lock(mutex);
        ended = true;
        waiting.clear();
    }

    const std::string prefix;
    const std::function<void(const DomainEvent&)> listener;
    WorkerPool& pool;
    Guard& guard;
    Counter& lost;
    std::mutex mutex;
    std::deque<DomainEvent> waiting;  // guarded by mutex, as is the rest
    bool scheduled = false;
    bool ended = false;
};

MemoryEventBus::MemoryEventBus(MetricRegistry& metrics) : metrics_(metrics) {}

void MemoryEventBus::publish(const DomainEvent& event) {
    std::vector<std::shared_ptr<Subscription>> interested;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& subscription : subscriptions_)
            if (event.type.starts_with(subscription->prefix)) interested.push_back(subscription);
    }
    for (const auto& subscription : interested) subscription->deliver(event);
}

void MemoryEventBus::subscribe(std::string_view prefix, std::function<void(const DomainEvent&)> listener,
                               WorkerPool& pool, Guard& guard) {
    Counter& lost = metrics_.counter("televisit_events_lost_total", "Domain events that a slow subscriber missed",
                                     {{"plugin", guard.plugin()}});
    const std::lock_guard lock(mutex_);
    subscriptions_.push_back(std::make_shared<Subscription>(prefix, std::move(listener), pool, guard, lost));
}

void MemoryEventBus::unsubscribe(std::string_view plugin) {
    const std::lock_guard lock(mutex_);
    std::erase_if(subscriptions_, [&](const auto& subscription) {
        if (subscription->guard.plugin() != plugin) return false;
        subscription->end();
        return true;
    });
}

}  // namespace televisit::runtime
