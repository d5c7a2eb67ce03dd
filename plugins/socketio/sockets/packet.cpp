#include "sockets/packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace televisit::socketio {

namespace {

/// Takes a number off the front; it ends where the digits end. Nothing when there is none, or a very long one.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept {
    constexpr std::size_t kMaxDigits = 15;  // what a double holds exactly
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits > kMaxDigits) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

bool starts_with_digit(std::string_view text) noexcept {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

bool is_binary(SocketPacketType type) noexcept {
    return type == SocketPacketType::binary_event || type == SocketPacketType::binary_ack;
}

bool has_right_shape(const SocketPacket& packet) noexcept {
    const bool object = packet.payload.starts_with('{');
    const bool array = packet.payload.starts_with('[');
    switch (packet.type) {
        case SocketPacketType::connect:
            return packet.payload.empty() || object;
        case SocketPacketType::disconnect:
            return packet.payload.empty();
        case SocketPacketType::event:
        case SocketPacketType::binary_event:
            return array;
        case SocketPacketType::ack:
            return packet.payload.empty() || array;
        case SocketPacketType::binary_ack:
            return array;
        case SocketPacketType::connect_error:
            return object;
    }
    return false;
}

}  // namespace

std::optional<SocketPacket> decode_socket_packet(std::string_view text) noexcept {
    if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
    SocketPacket packet;
    packet.type = static_cast<SocketPacketType>(text.front());
    text.remove_prefix(1);
    if (is_binary(packet.type)) {
        const auto count = take_number(text);
        if (!count || *count == 0 || !text.starts_with('-')) return std::nullopt;
        packet.attachments = static_cast<std::size_t>(*count);
        text.remove_prefix(1);
    }
    if (text.starts_with('/')) {
        const std::size_t end = std::min(text.find(','), text.size());
        packet.nsp = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (starts_with_digit(text)) {
        packet.id = take_number(text);
        if (!packet.id) return std::nullopt;
    }
    packet.payload = text;
    return has_right_shape(packet) ? std::optional(packet) : std::nullopt;
}

bool is_reserved_event(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 6> kReserved{"connect",       "connect_error", "disconnect",
                                                               "disconnecting", "newListener",   "removeListener"};
    return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

void append_head(std::string& out, SocketPacketType type, std::string_view nsp, std::size_t attachments,
                 std::optional<std::uint64_t> id) {
    out += '4';
    out += static_cast<char>(type);
    if (is_binary(type)) {
        out += std::to_string(attachments);
        out += '-';
    }
    if (nsp != "/") {
        out += nsp;
        out += ',';
    }
    if (id) out += std::to_string(*id);
}

}  // namespace televisit::socketio
