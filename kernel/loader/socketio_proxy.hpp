#pragma once
/// The Socket.IO engine as one consumer sees it.

#include <deque>
#include <memory>

#include "loader/socket_handlers.hpp"
#include "loader/socket_middleware.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::loader {

/// Passes on what the consumer asks, with its handlers put behind the border. **Threads**: as `SocketIoServer`.
class SocketIoProxy final : public SocketIoServer {
  public:
    /// `engine_guard` is the provider's, `consumer` the border of the plugin that holds this proxy.
    SocketIoProxy(SocketIoServer& engine, runtime::Guard& engine_guard, PluginBorder& consumer,
                  runtime::TimerThread& timers);

    Result<void> open_namespace(std::vector<std::string> names, SocketNamespaceListener& listener) override;
    Result<void> on(std::string_view nsp, std::string event, SocketEventHandler& handler) override;
    Result<void> on_loop(std::string_view nsp, std::string event, SocketLoopEventHandler& handler) override;
    Result<void> use(std::string_view nsp, SocketMiddleware& middleware) override;
    Result<void> use_on_loop(std::string_view nsp, SocketLoopMiddleware& middleware) override;
    EmitResult emit(SocketKey to, const Emission& emission) override;
    EmitResult emit(std::span<const SocketKey> to, const Emission& emission) override;
    void emit_with_ack(SocketKey to, const Emission& emission, std::chrono::milliseconds timeout,
                       AckCallback on_ack) override;
    void join_room(SocketKey socket, std::string_view room) override;
    void leave_room(SocketKey socket, std::string_view room) override;
    void emit_to_room(std::string_view nsp, std::string_view room, const Emission& emission,
                      std::optional<SocketKey> except) override;
    void disconnect(SocketKey socket, DisconnectMode mode) override;
    std::size_t connected() const noexcept override { return engine_.connected(); }

  private:
    SocketIoServer& engine_;
    runtime::Guard& guard_;
    PluginBorder& consumer_;
    runtime::TimerThread& timers_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<SocketLoopEventHandler>> handlers_;    // guarded by mutex_
    std::deque<std::unique_ptr<SocketNamespaceListener>> listeners_;  // guarded by mutex_
    std::deque<std::unique_ptr<SocketLoopMiddleware>> middleware_;    // guarded by mutex_
};

}  // namespace televisit::loader
