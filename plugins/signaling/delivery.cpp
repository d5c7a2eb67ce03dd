#include "delivery.hpp"

#include <algorithm>
#include <array>

#include "messages.hpp"

namespace televisit::signaling {

namespace {

std::string_view explanation_of(SeatLoss loss) noexcept {
    switch (loss) {
        case SeatLoss::replaced:
            return "You have joined this room from somewhere else.";
        case SeatLoss::session_over:
            return "This consultation is over.";
        case SeatLoss::revoked:
            return "Your invitation has been withdrawn.";
        case SeatLoss::kicked:
            return "You have been removed from this consultation.";
        case SeatLoss::room_full:
            return "The connection was lost for too long, and the room is full now.";
    }
    return "You are no longer in this room.";
}

}  // namespace

/// Connections are named by their sockets' keys. Rooms are small, so one round does.
void Delivery::relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                       std::span<const std::string_view> attachments) {
    std::array<SocketKey, 16> keys;
    const Emission emission{.event = event, .args = payload, .attachments = attachments};
    while (!to.empty()) {
        const std::size_t count = std::min(to.size(), keys.size());
        for (std::size_t i = 0; i < count; ++i) keys[i] = SocketKey{to[i].value};
        stage_.sockets.emit(std::span<const SocketKey>(keys.data(), count), emission);
        to = to.subspan(count);
    }
}

void Delivery::tell(To to, std::string_view event, const std::string& message) {
    const std::string_view piece = message;
    relayed(to, event, {&piece, 1}, {});
}

void Delivery::user_joined(To to, const Member& member) {
    tell(to, "user_joined", user_joined_message(member));
}

void Delivery::user_left(To to, const Member& member, LeaveReason reason) {
    tell(to, "user_left", user_left_message(member, reason));
}

void Delivery::user_interrupted(To to, const Member& member, std::chrono::milliseconds grace) {
    tell(to, "user_interrupted", user_interrupted_message(member, grace));
}

void Delivery::user_resumed(To to, const Member& member) {
    tell(to, "user_resumed", user_resumed_message(member));
}

void Delivery::room_state(To to, const RoomId& room, std::span<const Member> members) {
    tell(to, "room_state", room_state_message(room, members));
}

void Delivery::session_expiring(To to, std::chrono::seconds left) {
    tell(to, "session_expiring", session_expiring_message(left));
}

void Delivery::session_ended(To to, const SessionId& session, std::string_view reason) {
    tell(to, "session_ended", session_ended_message(session, reason));
}

void Delivery::ice_servers(To to, const IceServers& servers) {
    tell(to, "ice_servers", ice_servers_message(servers));
}

/// With a DISCONNECT packet: the client is not to come back by itself. `session_ended` has said why already.
void Delivery::seat_lost(ConnectionKey connection, SeatLoss loss) {
    const SocketKey key{connection.value};
    if (loss != SeatLoss::session_over) stage_.replies.tell(key, explanation_of(loss), to_string(loss));
    stage_.sockets.disconnect(key, DisconnectMode::namespace_only);
}

}  // namespace televisit::signaling
