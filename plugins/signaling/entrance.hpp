#pragma once
/// The way into a room and out of it: `join_room`, `leave_room`.

#include <memory>

#include "stage.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// Asks the consultation on a worker while the socket's later events wait, and seats the connection on its loop.
class JoinRoom final : public SocketLoopEventHandler {
  public:
    explicit JoinRoom(Stage& stage) : stage_(stage) {}
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    class Errand;
    Result<void> begin(const SocketEvent& event, Connection* connection, std::unique_ptr<AckResponder>& ack);

    Stage& stage_;
};

class LeaveRoom final : public SocketLoopEventHandler {
  public:
    explicit LeaveRoom(Stage& stage) : stage_(stage) {}
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override;

  private:
    Result<void> leave(const SocketEvent& event, Connection* connection);

    Stage& stage_;
};

}  // namespace televisit::signaling
