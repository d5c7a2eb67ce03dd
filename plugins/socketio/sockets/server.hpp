#pragma once
/// Socket.IO as other plugins see it: brings each call to the loop of its socket.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sockets/client.hpp"
#include "sockets/socket_loop.hpp"
#include "sockets/worker_handler.hpp"
#include "televisit/sdk/engineio.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

/// **Threads**: as `SocketIoServer` says; as an acceptor on loops.
class SocketServer final : public SocketIoServer, public EngineAcceptor {
  public:
    SocketServer(const SocketContext& context, Executor& executor);
    ~SocketServer() override;

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
    std::size_t connected() const noexcept override;

    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest& handshake) override;

    /// After the engine's end: no call of this plugin reaches the host any more.
    void shut(SteadyTime deadline);
    std::vector<std::shared_ptr<const SocketFigures>> figures() const;

  private:
    SocketLoop* here() const noexcept;
    bool exists(LoopId loop) const noexcept { return loop < loops_.size(); }
    void on_its_loop(SocketKey socket, InboxBatch::Task work);

    const SocketContext context_;
    Executor& executor_;
    std::vector<std::unique_ptr<Namespace>> places_;
    NamespaceNames names_;
    std::vector<std::unique_ptr<WorkerHandler>> worker_handlers_;
    std::vector<std::unique_ptr<WorkerMiddleware>> worker_middleware_;
    std::vector<std::shared_ptr<SocketLoop>> loops_;
};

}  // namespace televisit::socketio
