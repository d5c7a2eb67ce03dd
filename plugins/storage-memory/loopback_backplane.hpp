#pragma once
/// The backplane of a server that is alone: what it publishes comes back to itself, on a thread of its own, through
/// bytes, so that one node runs the same code as many.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>

#include "televisit/sdk/backplane.hpp"

namespace televisit::storage_memory {

class LoopbackBackplane final : public Backplane {
  public:
    struct Limits {
        std::size_t messages = 10'000;
        std::size_t bytes = 64 * 1024 * 1024;
    };

    explicit LoopbackBackplane(Limits limits) : limits_(limits) {}
    ~LoopbackBackplane() override { stop(); }
    LoopbackBackplane(const LoopbackBackplane&) = delete;
    LoopbackBackplane& operator=(const LoopbackBackplane&) = delete;

    /// Begins to deliver. What is published before is refused.
    void start();
    /// Ends delivery; what waits is dropped. Idempotent.
    void stop();

    void set_listener(BackplaneListener* listener) override;
    Result<void> publish(BackplaneMessage message) override;
    Result<void> subscribe(const RoomId& room, const CallContext& context) override;
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override;

  private:
    void deliver();

    const Limits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    BackplaneListener* listener_ = nullptr;  // guarded by mutex_, as all below
    bool running_ = false;
    bool delivering_ = false;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::unordered_set<RoomId> subscribed_;
    std::thread thread_;
};

}  // namespace televisit::storage_memory
