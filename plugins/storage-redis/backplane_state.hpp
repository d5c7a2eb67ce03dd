#pragma once
/// What the callers of a backplane and its thread share.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "backplane_link.hpp"
#include "backplane_outbox.hpp"
#include "backplane_subscriptions.hpp"
#include "backplane_wire.hpp"

namespace televisit::storage_redis {

struct BackplaneSettings {
    ConnectionSettings connection{};
    std::string prefix = "televisit:";
    ReplaySettings replay{};
    BackplaneOutbox::Limits queue{};
    std::chrono::milliseconds heartbeat{1'000};
    std::chrono::milliseconds deadline{3'000};       ///< for Redis to answer, before it counts as away
    std::chrono::milliseconds longest_pause{3'000};  ///< between two attempts to reach it
};

/// **Threads**: any.
struct BackplaneFigures {
    std::atomic<std::uint64_t> published{0};
    std::atomic<std::uint64_t> refused{0};    ///< not published: no connection, or no place
    std::atomic<std::uint64_t> delivered{0};  ///< those of `replayed` included
    std::atomic<std::uint64_t> replayed{0};
    std::atomic<std::uint64_t> sent_again{0};
    std::atomic<std::uint64_t> unreadable{0};
    std::atomic<std::uint64_t> lost{0};  ///< connections
};

struct BackplaneState {
    explicit BackplaneState(const BackplaneSettings& settings) : outbox(settings.queue) {}

    /// Calls the listener, with `lock` released: `room` may be gone afterwards. While a room catches up, it is kept.
    void deliver(std::unique_lock<std::mutex>& lock, BackplaneSubscriptions::Room& room, const Arrival& arrival);
    void deliver(std::unique_lock<std::mutex>& lock, const BackplaneMessage& message);
    /// Tells the listener how the link is, unless it knows.
    void tell_link(std::unique_lock<std::mutex>& lock);

    std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex, as all below up to `wake`.
    BackplaneOutbox outbox;
    BackplaneSubscriptions rooms;
    struct Change {
        RoomId room;
        bool subscribe;
    };
    std::deque<Change> changes{};  ///< of subscriptions, for the thread to hand on
    StreamPosition redis_now{};    ///< where a message of a moment ago would stand
    NodeId self{};                 ///< who publishes here
    BackplaneListener* listener = nullptr;
    bool listener_knows_up = true;  ///< what it was told of the link; it begins with hope
    bool calling = false;           ///< the listener
    bool connected = false;
    bool up = false;  ///< connected, and everything is as it was before
    bool stopping = false;
    bool waiting = false;  ///< the thread, for somebody to call
    std::string why_away{};

    WakeUp wake{};
    BackplaneFigures figures{};
    std::thread thread{};

  private:
    template <class Call>
    void call_listener(std::unique_lock<std::mutex>& lock, const Call& call);
};

}  // namespace televisit::storage_redis
