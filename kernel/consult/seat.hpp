#pragma once
/// A connection's handle on its place in a room.

#include <memory>
#include <utility>
#include <vector>

#include "consult/room.hpp"

namespace televisit::consult {

/// **Owns**: the connection's place; the room knows of it from `Room::apply` until it is lost, or this ends.
class RoomSeat final : public Seat {
  public:
    RoomSeat(std::shared_ptr<Room> room, ConnectionKey connection, const Stay& stay)
        : room_(std::move(room)), occupant_(connection, stay) {}
    ~RoomSeat() override { room_->connection_lost(occupant_); }
    RoomSeat(const RoomSeat&) = delete;
    RoomSeat& operator=(const RoomSeat&) = delete;

    Occupant& occupant() noexcept { return occupant_; }

    const SessionId& session() const noexcept override { return room_->session(); }
    const RoomId& room() const noexcept override { return room_->id(); }
    const Member& self() const noexcept override { return occupant_.self; }
    void open() override { room_->open(occupant_); }
    std::vector<Member> members() const override { return room_->members(); }
    Result<void> relay(const Relay& relay) override { return room_->relay(occupant_, relay); }
    void set_media(MediaKind kind, bool enabled) override { room_->set_media(occupant_, kind, enabled); }
    void leave() override { room_->leave(occupant_, LeaveReason::left); }
    void connection_lost() override { room_->connection_lost(occupant_); }
    void suspend() override { room_->suspend(occupant_); }
    bool resume() override { return room_->resume(occupant_); }

  private:
    const std::shared_ptr<Room> room_;  // shared with the node's other seats there
    Occupant occupant_;
};

}  // namespace televisit::consult
