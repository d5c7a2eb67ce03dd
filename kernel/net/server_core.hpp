#pragma once
/// What every part of one server shares: options, routes, loops, and how many connections there are.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "net/address.hpp"
#include "net/admission.hpp"
#include "net/connection.hpp"
#include "net/cors.hpp"
#include "net/event_loop_group.hpp"
#include "net/loop_state.hpp"
#include "net/router.hpp"
#include "net/server_options.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net {

/// **Threads**: any, unless a member says otherwise.
class ServerCore {
  public:
    ServerCore(ServerOptions options, ServerHooks hooks, const Clock& clock, CorsPolicy cors, TrustedProxies proxies);
    ~ServerCore();

    const ServerOptions& options() const noexcept { return options_; }
    const ServerHooks& hooks() const noexcept { return hooks_; }
    const Clock& clock() const noexcept { return clock_; }
    const CorsPolicy& cors() const noexcept { return cors_; }
    const TrustedProxies& proxies() const noexcept { return proxies_; }
    Router& router() noexcept { return router_; }
    EventLoopGroup& loops() noexcept { return loops_; }
    LoopState& state(LoopId loop) { return *states_.at(loop); }

    /// Takes a fresh socket in: makes a connection of it on the next loop. Closes it when there are far too many.
    void take_in(int fd, Peer peer, const ListenerOptions& listener);

    bool draining(ListenerKind listener) const noexcept {
        return side(listener).draining.load(std::memory_order_relaxed);
    }
    /// Closes what is idle (`by_force`: all) on the loops of that listener, and what becomes idle from now on.
    void drain(ListenerKind listener, bool by_force);
    /// From now on no loop takes a connection in.
    void begin_stop() noexcept { stopping_.store(true, std::memory_order_relaxed); }
    bool stopping() const noexcept { return stopping_.load(std::memory_order_relaxed); }
    /// Drops what is left of that listener.
    void abort_all(ListenerKind listener);
    std::size_t connections(ListenerKind listener) const noexcept {
        return side(listener).open.load(std::memory_order_relaxed);
    }
    /// **Blocks** until no connection of that listener is left, or `give_up()` has been called.
    bool wait_until_empty(ListenerKind listener);
    void give_up_waiting();

    ClientAdmission& clients() noexcept { return clients_; }
    LimitCounters& limits() noexcept { return limits_; }
    std::uint64_t id_seed() const noexcept { return id_seed_; }

  private:
    friend class Admission;
    struct Side {
        std::atomic<std::size_t> open{0};
        std::atomic<bool> draining{false};
    };
    const Side& side(ListenerKind listener) const noexcept { return sides_[static_cast<std::size_t>(listener)]; }
    Side& side(ListenerKind listener) noexcept { return sides_[static_cast<std::size_t>(listener)]; }
    void left(ListenerKind listener) noexcept;
    void turned_away_is_gone() noexcept { turned_away_.fetch_sub(1, std::memory_order_relaxed); }
    void on_each_loop(ListenerKind listener, const std::function<void(Connection&)>& action);

    const ServerOptions options_;
    const ServerHooks hooks_;
    const Clock& clock_;
    const CorsPolicy cors_;
    const TrustedProxies proxies_;
    const std::uint64_t id_seed_;
    Router router_;
    std::array<Side, 2> sides_;
    ClientAdmission clients_;  // before the loops, whose connections have places of it
    LimitCounters limits_;
    std::atomic<std::size_t> turned_away_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint32_t> next_loop_{0};
    std::mutex mutex_;
    std::condition_variable emptied_;
    bool give_up_ = false;  // guarded by mutex_
    EventLoopGroup loops_;
    std::vector<std::unique_ptr<LoopState>> states_;
};

}  // namespace televisit::net
