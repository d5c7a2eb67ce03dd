#pragma once
/// Backplanes that have one fault each.

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "bad_records.hpp"
#include "televisit/testkit/backplane_conformance.hpp"
#include "televisit/testkit/manual_bus.hpp"

namespace televisit::storage_memory::testing {

enum class LinkFault {
    cuts_at_nul,
    sends_twice,
    ignores_unsubscribe,
    keeps_calling,
    swaps_neighbours,
    counts_subscriptions,
    cuts_rooms_at_nul,
    swallows_while_down,
};

class BadBackplane final : public Backplane {
  public:
    BadBackplane(testkit::ManualBus::Node& good, std::optional<LinkFault> fault) : good_(good), fault_(fault) {}
    void set_listener(BackplaneListener* listener) override {
        if (fault_ != LinkFault::keeps_calling || listener) good_.set_listener(listener);
    }
    Result<void> publish(BackplaneMessage message) override {
        if (fault_ == LinkFault::cuts_at_nul) message.payload = message.payload.c_str();
        if (fault_ == LinkFault::sends_twice) (void)good_.publish(message).ok();
        if (fault_ == LinkFault::cuts_rooms_at_nul) message.room = RoomId(message.room.str().c_str());
        if (fault_ == LinkFault::counts_subscriptions)
            for (int more = 1; more < subscriptions_; ++more) (void)good_.publish(message).ok();
        if (fault_ == LinkFault::swaps_neighbours) return swapped(std::move(message));
        auto done = good_.publish(std::move(message));
        return fault_ == LinkFault::swallows_while_down ? Result<void>{} : done;
    }
    Result<void> subscribe(const RoomId& room, const CallContext& context) override {
        ++subscriptions_;
        return good_.subscribe(fault_ == LinkFault::cuts_rooms_at_nul ? RoomId(room.str().c_str()) : room, context);
    }
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override {
        return fault_ == LinkFault::ignores_unsubscribe ? Result<void>{} : good_.unsubscribe(room, context);
    }

    void set_link(bool up) { good_.set_link(up); }

  private:
    /// Sends every second message before the first, of whatever sender.
    Result<void> swapped(BackplaneMessage message) {
        const std::lock_guard lock(mutex_);
        if (!held_) {
            held_ = std::move(message);
            return {};
        }
        (void)good_.publish(std::move(message)).ok();
        auto first = std::exchange(held_, std::nullopt);
        return good_.publish(*std::move(first));
    }

    testkit::ManualBus::Node& good_;
    std::optional<LinkFault> fault_;
    std::mutex mutex_;
    std::optional<BackplaneMessage> held_;  // guarded by mutex_
    std::atomic<int> subscriptions_{0};
};

/// Without a fault it is good.
struct LinkSubject final : testkit::BackplaneSubject {
    explicit LinkSubject(std::optional<LinkFault> given = std::nullopt)
        : fault(given), first(bus.node(), fault), second(bus.node(), fault) {}
    std::size_t nodes() override { return 2; }
    Backplane& node(std::size_t index) override { return index == 0 ? first : second; }
    CallContext context() override { return soon(fault); }
    std::chrono::milliseconds patience() override { return patience_with(fault); }
    void deliver() override { bus.deliver(); }
    bool break_link(std::size_t index) override {
        (index == 0 ? first : second).set_link(false);
        return true;
    }
    void mend_link(std::size_t index) override { (index == 0 ? first : second).set_link(true); }
    std::optional<LinkFault> fault;
    testkit::ManualBus bus;
    BadBackplane first;
    BadBackplane second;
};

}  // namespace televisit::storage_memory::testing
