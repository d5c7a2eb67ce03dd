#pragma once
/// Runs a handler that may block on a worker, while the socket's strand is held.

#include <chrono>

#include "televisit/sdk/executor.hpp"
#include "televisit/sdk/socketio.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

class WorkerHandler final : public SocketLoopEventHandler {
  public:
    WorkerHandler(SocketEventHandler& handler, Executor& executor, const Clock& clock,
                  std::chrono::milliseconds timeout)
        : handler_(handler), executor_(executor), clock_(clock), timeout_(timeout) {}

    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    SocketEventHandler& handler_;
    Executor& executor_;
    const Clock& clock_;
    const std::chrono::milliseconds timeout_;
};

/// The same for middleware: its client waits meanwhile.
class WorkerMiddleware final : public SocketLoopMiddleware {
  public:
    WorkerMiddleware(SocketMiddleware& middleware, Executor& executor, const Clock& clock,
                     std::chrono::milliseconds timeout)
        : middleware_(middleware), executor_(executor), clock_(clock), timeout_(timeout) {}

    bool wants_handshake() const override { return middleware_.wants_handshake(); }
    void on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                       std::unique_ptr<ConnectDecision> decision) override;

  private:
    SocketMiddleware& middleware_;
    Executor& executor_;
    const Clock& clock_;
    const std::chrono::milliseconds timeout_;
};

}  // namespace televisit::socketio
