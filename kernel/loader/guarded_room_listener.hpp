#pragma once
/// A plugin's room listener behind the border.

#include "loader/http_proxy.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::loader {

/// Passes every call on, guarded. Never more than a branch and a call: the relay path goes through here.
class GuardedRoomListener final : public RoomListener {
  public:
    GuardedRoomListener(RoomListener& listener, PluginBorder& border) : listener_(listener), border_(border) {}
    const RoomListener& guarded() const noexcept { return listener_; }

    void relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                 std::span<const std::string_view> attachments) override {
        call("room.relayed", [&] { listener_.relayed(to, event, payload, attachments); });
    }
    void user_joined(To to, const Member& member) override {
        call("room.user_joined", [&] { listener_.user_joined(to, member); });
    }
    void user_left(To to, const Member& member, LeaveReason reason) override {
        call("room.user_left", [&] { listener_.user_left(to, member, reason); });
    }
    void user_interrupted(To to, const Member& member, std::chrono::milliseconds grace) override {
        call("room.user_interrupted", [&] { listener_.user_interrupted(to, member, grace); });
    }
    void user_resumed(To to, const Member& member) override {
        call("room.user_resumed", [&] { listener_.user_resumed(to, member); });
    }
    void room_state(To to, const RoomId& room, std::span<const Member> members) override {
        call("room.room_state", [&] { listener_.room_state(to, room, members); });
    }
    void session_expiring(To to, std::chrono::seconds left) override {
        call("room.session_expiring", [&] { listener_.session_expiring(to, left); });
    }
    void session_ended(To to, const SessionId& session, std::string_view reason) override {
        call("room.session_ended", [&] { listener_.session_ended(to, session, reason); });
    }
    void ice_servers(To to, const IceServers& servers) override {
        call("room.ice_servers", [&] { listener_.ice_servers(to, servers); });
    }
    void seat_lost(ConnectionKey connection, SeatLoss loss) override {
        call("room.seat_lost", [&] { listener_.seat_lost(connection, loss); });
    }

  private:
    template <class Function>
    void call(std::string_view what, Function&& function) {
        if (border_.open.load(std::memory_order_relaxed)) border_.guard.run(what, function);
    }

    RoomListener& listener_;
    PluginBorder& border_;
};

}  // namespace televisit::loader
