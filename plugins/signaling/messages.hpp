#pragma once
/// The server's events as JSON. Field names are those of the seed's guide; see docs/protocol.md.

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "televisit/sdk/consultations.hpp"

namespace televisit::signaling {

std::string connected_message(std::string_view sid);
std::string joined_room_message(const RoomId& room, const Member& self, std::span<const Member> participants);
std::string user_joined_message(const Member& member);
std::string user_left_message(const Member& member, LeaveReason reason);
std::string user_interrupted_message(const Member& member, std::chrono::milliseconds grace);
std::string user_resumed_message(const Member& member);
std::string room_state_message(const RoomId& room, std::span<const Member> members);
std::string session_expiring_message(std::chrono::seconds left);
std::string session_ended_message(const SessionId& session, std::string_view reason);
std::string ice_servers_message(const IceServers& servers);
std::string server_draining_message(std::chrono::milliseconds reconnect_after);
/// `event` is empty when no event caused it.
std::string error_message(std::string_view message, std::string_view code, std::string_view event);
/// The acknowledgement of what was refused.
std::string refusal_ack(std::string_view message, std::string_view code);

/// `YYYY-MM-DDTHH:MM:SSZ`.
std::string printed_time(Instant at);

}  // namespace televisit::signaling
