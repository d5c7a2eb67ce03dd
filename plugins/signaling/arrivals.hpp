#pragma once
/// Sockets that come and go.

#include <chrono>
#include <memory>
#include <string_view>

#include "farewell.hpp"
#include "stage.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// **Threads**: loops.
class Arrivals final : public SocketNamespaceListener {
  public:
    Arrivals(Stage& stage, const Farewell& farewell) : stage_(stage), farewell_(farewell) {}

    Result<void> on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake) override;
    void on_connected(SocketKey socket, std::string_view sid, LoopId loop, const SocketHandshake& handshake) override;
    void on_disconnected(SocketKey socket, SocketClose close) override;
    bool wants_handshake() const override { return false; }
    std::chrono::milliseconds recovery_time() const override;
    void on_interrupted(SocketKey socket, SocketClose close) override;
    bool on_returning(SocketKey socket, const SocketHandshake& handshake) override;
    void on_returned(SocketKey socket, std::string_view sid, SocketReturn how) override;
    void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    void greet(SocketKey socket, std::string_view sid);
    LoopConnections* here() const;

    Stage& stage_;
    const Farewell& farewell_;
};

}  // namespace televisit::signaling
