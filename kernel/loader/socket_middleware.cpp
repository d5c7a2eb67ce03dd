#include "loader/socket_middleware.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace televisit::loader {

namespace {

constexpr std::string_view kName = "middleware.on_connecting";

}  // namespace

/// One CONNECT on its way through the pool. **Threads**: loop, worker and timer meet here.
class WorkerSocketMiddleware::Call {
  public:
    Call(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
         std::unique_ptr<ConnectDecision> decision, SteadyTime deadline)
        : socket_(socket),
          sid_(sid),
          nsp_(handshake.nsp),
          auth_(handshake.auth),
          address_(handshake.remote_address),
          query_(handshake.query),
          headers_(handshake.headers),
          deadline_(deadline),
          decision_(std::move(decision)) {}

    void run(SocketMiddleware& middleware, PluginBorder& border) {
        const SocketHandshake handshake{nsp_, auth_, query_, headers_, address_};
        const CallContext context{deadline_, RequestId(sid_ + "/connect")};
        decide(border.guard.call(kName, [&] { return middleware.on_connecting(socket_, sid_, handshake, context); }));
    }

    void decide(Result<void> verdict) {
        std::unique_ptr<ConnectDecision> decision;
        {
            const std::lock_guard lock(mutex_);
            decision = std::move(decision_);
        }
        if (decision) decision->decide(std::move(verdict));
    }

    SteadyTime deadline() const noexcept { return deadline_; }

  private:
    const SocketKey socket_;
    const std::string sid_, nsp_, auth_, address_;
    const std::vector<std::pair<std::string, std::string>> query_;
    const std::vector<HttpHeader> headers_;
    const SteadyTime deadline_;
    std::mutex mutex_;
    std::unique_ptr<ConnectDecision> decision_;  // guarded by mutex_
};

bool WorkerSocketMiddleware::wants_handshake() const {
    bool wants = true;
    border_.guard.run("middleware.wants_handshake", [&] { wants = middleware_.wants_handshake(); });
    return wants;
}

void WorkerSocketMiddleware::on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                                           std::unique_ptr<ConnectDecision> decision) {
    if (!border_.open.load(std::memory_order_acquire)) return;
    // Shared by the pool's task and the timer, of which either may be the last to look at it.
    auto call = std::make_shared<Call>(socket, sid, handshake, std::move(decision),
                                       border_.clock.steady_now() + border_.deadline);
    const auto timer = timers_.at(call->deadline(), [weak = std::weak_ptr<Call>(call), &border = border_] {
        if (const auto late = weak.lock()) {
            border.guard.logger().warning("client not decided on by the deadline", {{"call", kName}});
            late->decide(error(Errc::timeout, "The server is busy. Please try again."));
        }
    });
    const bool posted =
        border_.pool.post([&middleware = middleware_, &border = border_, &timers = timers_, call, timer] {
            if (border.open.load(std::memory_order_acquire) && border.clock.steady_now() < call->deadline())
                call->run(middleware, border);
            timers.cancel(timer);
        });
    if (!posted) timers_.cancel(timer);
}

bool GuardedSocketMiddleware::wants_handshake() const {
    bool wants = true;
    border_.guard.run("middleware.wants_handshake", [&] { wants = middleware_.wants_handshake(); });
    return wants;
}

void GuardedSocketMiddleware::on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                                            std::unique_ptr<ConnectDecision> decision) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run(kName, [&] { middleware_.on_connecting(socket, sid, handshake, std::move(decision)); });
}

void GuardedSocketMiddleware::on_gone(SocketKey socket) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run("middleware.on_gone", [&] { middleware_.on_gone(socket); });
}

}  // namespace televisit::loader
