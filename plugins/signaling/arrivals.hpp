#pragma once
/// Sockets that come and go.

#include <atomic>
#include <memory>
#include <string_view>

#include "stage.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// **Threads**: loops.
class Arrivals final : public SocketNamespaceListener {
  public:
    explicit Arrivals(Stage& stage) : stage_(stage) {}

    Result<void> on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake) override;
    void on_connected(SocketKey socket, std::string_view sid, LoopId loop) override;
    void on_disconnected(SocketKey socket, SocketClose close) override;
    void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

    /// Nobody is let in any more.
    void shut() noexcept { shut_ = true; }

  private:
    Stage& stage_;
    std::atomic<bool> shut_{false};
};

}  // namespace televisit::signaling
