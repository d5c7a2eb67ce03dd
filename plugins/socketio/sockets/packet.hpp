#pragma once
/// Socket.IO packets as text. Pure functions; JSON is not looked into.
/// Source: https://socket.io/docs/v4/socket-io-protocol/ "Packet encoding"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace televisit::socketio {

enum class SocketPacketType : char {
    connect = '0',
    disconnect = '1',
    event = '2',
    ack = '3',
    connect_error = '4',
    binary_event = '5',
    binary_ack = '6'
};

/// A packet's head, and its JSON as it came. Views into the text.
struct SocketPacket {
    SocketPacketType type = SocketPacketType::event;
    std::size_t attachments = 0;
    std::string_view nsp = "/";
    std::optional<std::uint64_t> id;
    std::string_view payload;  ///< empty when there is none
    std::size_t elements = 0;  ///< of the payload, where it is an array and they have been counted
};

/// Nothing when the head is malformed, or when a packet has a payload that its type has not or the other way round.
std::optional<SocketPacket> decode_socket_packet(std::string_view text) noexcept;

/// Names that a client may not give to an event: the reference uses them itself.
bool is_reserved_event(std::string_view name) noexcept;

/// Appends the head of a packet, Engine.IO's type in front: `4<type>[<attachments>-][<nsp>,][<id>]`.
void append_head(std::string& out, SocketPacketType type, std::string_view nsp, std::size_t attachments,
                 std::optional<std::uint64_t> id);

}  // namespace televisit::socketio
