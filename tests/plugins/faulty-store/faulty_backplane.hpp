#pragma once
/// A loopback behind a fault. **Threads**: any. Publishing never blocks, not even here: event loops do it.

#include <mutex>
#include <utility>

#include "fault.hpp"
#include "loopback_backplane.hpp"

namespace televisit::faulty {

class FaultyBackplane final : public Backplane {
  public:
    explicit FaultyBackplane(Fault& fault) : fault_(fault), loopback_(storage_memory::LoopbackBackplane::Limits{}) {}

    void start() { loopback_.start(); }
    void stop() { loopback_.stop(); }

    void set_listener(BackplaneListener* listener) override {
        {
            const std::lock_guard lock(mutex_);
            listener_ = listener;
        }
        loopback_.set_listener(listener);
    }
    /// After a change of the mode: tells the listener whether the others can be reached, when that has changed.
    void tell_link() {
        const bool up = fault_.mode() != Mode::unlinked;
        const std::lock_guard lock(mutex_);
        if (up != std::exchange(up_, up) && listener_ != nullptr) listener_->on_link(up);
    }
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
    std::mutex mutex_;
    BackplaneListener* listener_ = nullptr;  // guarded by mutex_, as below
    bool up_ = true;
    storage_memory::LoopbackBackplane loopback_;
};

}  // namespace televisit::faulty
