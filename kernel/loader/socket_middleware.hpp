#pragma once
/// Middleware of Socket.IO namespaces behind the border.

#include <memory>

#include "loader/http_proxy.hpp"
#include "runtime/timer_thread.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::loader {

/// Worker middleware as the engine's loops see it: copies the handshake and hands it to the plugin's pool. Who is not
/// decided on by the deadline is refused with `timeout`; with a full pool, with `unavailable` at once.
/// **Threads**: any loop. **Blocks**: never.
class WorkerSocketMiddleware final : public SocketLoopMiddleware {
  public:
    WorkerSocketMiddleware(SocketMiddleware& middleware, PluginBorder& border, runtime::TimerThread& timers)
        : middleware_(middleware), border_(border), timers_(timers) {}
    bool wants_handshake() const override;
    void on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                       std::unique_ptr<ConnectDecision> decision) override;

  private:
    class Call;

    SocketMiddleware& middleware_;
    PluginBorder& border_;
    runtime::TimerThread& timers_;
};

/// Loop middleware, guarded; the loop's time is charged to its plugin.
class GuardedSocketMiddleware final : public SocketLoopMiddleware {
  public:
    GuardedSocketMiddleware(SocketLoopMiddleware& middleware, PluginBorder& border)
        : middleware_(middleware), border_(border) {}
    bool wants_handshake() const override;
    void on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                       std::unique_ptr<ConnectDecision> decision) override;
    void on_gone(SocketKey socket) override;

  private:
    SocketLoopMiddleware& middleware_;
    PluginBorder& border_;
};

}  // namespace televisit::loader
