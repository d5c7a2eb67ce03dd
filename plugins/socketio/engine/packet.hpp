#pragma once
/// Engine.IO packets and long-polling payloads as text. Pure functions.
/// Source: https://socket.io/docs/v4/engine-io-protocol/ "Packet encoding"

#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/channel.hpp"

namespace televisit::socketio {

/// Named by the character that stands first in a packet.
enum class PacketType : char {
    open = '0',
    close = '1',
    ping = '2',
    pong = '3',
    message = '4',
    upgrade = '5',
    noop = '6'
};

struct Packet {
    PacketType type = PacketType::message;
    MessageKind kind = MessageKind::text;
    std::string_view data;
};

/// Reads one packet of a text frame or of a payload. Binary messages come as base64 behind a 'b'; their bytes are put
/// into `scratch`, with `kInputPadding` behind them. Nothing when it is malformed.
std::optional<Packet> decode_packet(std::string_view text, std::string& scratch);

/// The packets of a long-polling payload, one after another: texts divided by U+001E.
class PayloadPackets {
  public:
    explicit PayloadPackets(std::string_view payload) noexcept : rest_(payload) {}
    std::optional<std::string_view> next() noexcept;

  private:
    std::string_view rest_;
    bool ended_ = false;
};

/// Adds a packet to a payload. `packet` is the whole packet of a text one, the bytes of a binary message.
void append_to_payload(std::string& payload, MessageKind kind, std::string_view packet);

}  // namespace televisit::socketio
