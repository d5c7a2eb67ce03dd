#include "engine/packet.hpp"

#include "engine/base64.hpp"

namespace televisit::socketio {

namespace {

constexpr char kSeparator = '\x1e';

}  // namespace

std::optional<Packet> decode_packet(std::string_view text, std::string& scratch) {
    if (text.empty()) return std::nullopt;
    const char type = text.front();
    if (type == 'b') {
        scratch.clear();
        if (!append_decoded_base64(scratch, text.substr(1))) return std::nullopt;
        const std::size_t size = scratch.size();
        scratch.append(kInputPadding, '\0');
        return Packet{PacketType::message, MessageKind::binary, std::string_view(scratch.data(), size)};
    }
    if (type < '0' || type > '6') return std::nullopt;
    return Packet{static_cast<PacketType>(type), MessageKind::text, text.substr(1)};
}

std::optional<std::string_view> PayloadPackets::next() noexcept {
    if (ended_) return std::nullopt;
    const std::size_t end = rest_.find(kSeparator);
    const std::string_view packet = rest_.substr(0, end);
    ended_ = end == std::string_view::npos;
    if (!ended_) rest_.remove_prefix(end + 1);
    return packet;
}

void append_to_payload(std::string& payload, MessageKind kind, std::string_view packet) {
    if (!payload.empty()) payload += kSeparator;
    if (kind == MessageKind::text) {
        payload += packet;
    } else {
        payload += 'b';
        append_base64(payload, packet);
    }
}

}  // namespace televisit::socketio
