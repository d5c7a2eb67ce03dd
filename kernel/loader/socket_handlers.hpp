#pragma once
/// Handlers of Socket.IO events behind the border.

#include <chrono>
#include <memory>
#include <string>

#include "loader/http_proxy.hpp"
#include "runtime/timer_thread.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::loader {

/// A worker handler as the engine's loops see it. It holds the socket's strand, copies the event, and hands it to the
/// plugin's pool. The strand is freed when the handler is back, or at the deadline, when the ack is answered
/// `{"ok":false,"code":"timeout"}`; with a full pool it is answered `"unavailable"` at once. Later answers are dropped.
/// **Threads**: any loop. **Blocks**: never.
class WorkerSocketEvent final : public SocketLoopEventHandler {
  public:
    WorkerSocketEvent(SocketEventHandler& handler, PluginBorder& border, runtime::TimerThread& timers,
                      std::string name);
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    class Call;

    SocketEventHandler& handler_;
    PluginBorder& border_;
    runtime::TimerThread& timers_;
    const std::string name_;
};

/// A loop handler, guarded; the loop's time is charged to its plugin.
class LoopSocketEvent final : public SocketLoopEventHandler {
  public:
    LoopSocketEvent(SocketLoopEventHandler& handler, PluginBorder& border, std::string name)
        : handler_(handler), border_(border), name_(std::move(name)) {}
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    SocketLoopEventHandler& handler_;
    PluginBorder& border_;
    const std::string name_;
};

/// A namespace's listener, guarded; the loop's time is charged to its plugin.
class GuardedNamespace final : public SocketNamespaceListener {
  public:
    GuardedNamespace(SocketNamespaceListener& listener, PluginBorder& border) : listener_(listener), border_(border) {}
    Result<void> on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake) override;
    void on_connected(SocketKey socket, std::string_view sid, LoopId loop, const SocketHandshake& handshake) override;
    void on_disconnected(SocketKey socket, SocketClose close) override;
    bool wants_handshake() const override;
    std::chrono::milliseconds recovery_time() const override;
    void on_interrupted(SocketKey socket, SocketClose close) override;
    bool on_returning(SocketKey socket, const SocketHandshake& handshake) override;
    void on_returned(SocketKey socket, std::string_view sid, SocketReturn how) override;
    void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    SocketNamespaceListener& listener_;
    PluginBorder& border_;
};

}  // namespace televisit::loader
