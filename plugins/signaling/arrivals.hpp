#pragma once
/// Sockets that come and go.

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
    void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    Stage& stage_;
    const Farewell& farewell_;
};

}  // namespace televisit::signaling
