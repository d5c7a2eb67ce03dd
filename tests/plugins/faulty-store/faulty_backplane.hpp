#pragma once
/// A loopback behind a fault. **Threads**: any. Publishing never blocks, not even here: event loops do it.

#include <utility>

#include "fault.hpp"
#include "loopback_backplane.hpp"

namespace televisit::faulty {

class FaultyBackplane final : public Backplane {
  public:
    explicit FaultyBackplane(Fault& fault) : fault_(fault), loopback_(storage_memory::LoopbackBackplane::Limits{}) {}

    void start() { loopback_.start(); }
    void stop() { loopback_.stop(); }

    void set_listener(BackplaneListener* listener) override { loopback_.set_listener(listener); }
    Result<void> publish(BackplaneMessage message) override {
        if (auto passed = fault_.pass_at_once(); !passed) return passed;
        return loopback_.publish(std::move(message));
    }
    Result<void> subscribe(const RoomId& room, const CallContext& context) override {
        if (auto passed = fault_.pass(); !passed) return passed;
        return loopback_.subscribe(room, context);
    }
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override {
        if (auto passed = fault_.pass(); !passed) return passed;
        return loopback_.unsubscribe(room, context);
    }

  private:
    Fault& fault_;
    storage_memory::LoopbackBackplane loopback_;
};

}  // namespace televisit::faulty
