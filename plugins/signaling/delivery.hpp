#pragma once
/// Brings what happens in rooms to the sockets of their members.

#include "stage.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::signaling {

/// **Threads**: any.
class Delivery final : public RoomListener {
  public:
    explicit Delivery(Stage& stage) : stage_(stage) {}

    void relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                 std::span<const std::string_view> attachments) override;
    void user_joined(To to, const Member& member) override;
    void user_left(To to, const Member& member, LeaveReason reason) override;
    void user_interrupted(To to, const Member& member, std::chrono::milliseconds grace) override;
    void user_resumed(To to, const Member& member) override;
    void room_state(To to, const RoomId& room, std::span<const Member> members) override;
    void session_expiring(To to, std::chrono::seconds left) override;
    void session_ended(To to, const SessionId& session, std::string_view reason) override;
    void ice_servers(To to, const IceServers& servers) override;
    void seat_lost(ConnectionKey connection, SeatLoss loss) override;

  private:
    void tell(To to, std::string_view event, const std::string& message);

    Stage& stage_;
};

}  // namespace televisit::signaling
