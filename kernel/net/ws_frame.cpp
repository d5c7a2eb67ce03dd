#include "net/ws_frame.hpp"

#include <simdjson.h>

#include <cstring>

namespace televisit::net {
namespace {

constexpr std::size_t kMaxControl = 125;

WsEvent fault(std::uint16_t code, std::string_view reason) noexcept {
    WsEvent event;
    event.type = WsEvent::Type::fault;
    event.code = code;
    event.reason = reason;
    return event;
}

WsEvent protocol_error(std::string_view reason) noexcept {
    return fault(ws_close::kProtocolError, reason);
}

WsEvent plain(WsEvent::Type type, std::string_view payload) noexcept {
    WsEvent event;
    event.type = type;
    event.payload = payload;
    return event;
}

bool is_utf8(std::string_view text) noexcept {
    return simdjson::validate_utf8(text.data(), text.size());
}

constexpr bool known(std::uint8_t opcode) noexcept {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace

struct WsDecoder::Head {
    bool final;
    WsOpcode opcode;
    std::size_t digits;  // of an extended length
    std::uint64_t size;
    std::size_t length() const noexcept { return 2 + digits + 4; }
    bool control() const noexcept { return static_cast<std::uint8_t>(opcode) >= 8; }
};

void unmask(std::span<char> payload, const char* mask) noexcept {
    std::uint32_t narrow;
    std::memcpy(&narrow, mask, sizeof narrow);
    const std::uint64_t wide = std::uint64_t{narrow} << 32 | narrow;
    std::size_t i = 0;
    for (; i + 8 <= payload.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, payload.data() + i, sizeof word);
        word ^= wide;
        std::memcpy(payload.data() + i, &word, sizeof word);
    }
    for (; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
}

// Judges each byte as soon as it is here: a bad frame need not be whole to be refused. `need_more` with nothing wanted:
// a head.
WsEvent WsDecoder::read_head(std::span<const char> data, Head& head) const noexcept {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(data.data());
    WsEvent more;
    more.wanted = 2;
    if (data.empty()) return more;
    head = {(bytes[0] & 0x80) != 0, static_cast<WsOpcode>(bytes[0] & 0x0f), 0, 0};
    if (bytes[0] & 0x70) return protocol_error("reserved_bits");
    if (!known(bytes[0] & 0x0f)) return protocol_error("unknown_opcode");
    if (head.control() && !head.final) return protocol_error("fragmented_control_frame");
    if (!head.control() && (head.opcode == WsOpcode::continuation) != in_message_)
        return protocol_error(in_message_ ? "message_within_message" : "stray_continuation");
    if (data.size() < 2) return more;
    if (!(bytes[1] & 0x80)) return protocol_error("unmasked_frame");
    head.size = bytes[1] & 0x7f;
    if (head.control() && head.size > kMaxControl) return protocol_error("long_control_frame");
    head.digits = head.size < 126 ? 0 : head.size == 126 ? 2 : 8;
    more.wanted = head.length();
    if (data.size() < 2 + head.digits) return more;
    if (head.digits > 0) {
        head.size = 0;
        for (std::size_t i = 0; i < head.digits; ++i) head.size = head.size << 8 | bytes[2 + i];
        if (head.size < (head.digits == 2 ? 126u : 65536u)) return protocol_error("length_not_minimal");
        if (head.size >> 63) return protocol_error("length_too_long");
    }
    if (!head.control() && head.size > max_message_ - fragments_.size()) return fault(ws_close::kTooBig, "too_big");
    more.wanted = 0;
    return more;
}

WsEvent WsDecoder::next(std::span<char> data) {
    if (gathered_) {
        fragments_.clear();
        gathered_ = false;
    }
    for (std::size_t used = 0;;) {
        const auto rest = data.subspan(used);
        Head head{};
        WsEvent event = read_head(rest, head);
        if (event.type == WsEvent::Type::fault) return event;
        const std::size_t whole = head.length() + static_cast<std::size_t>(head.size);
        if (event.wanted == 0 && rest.size() < whole) event.wanted = whole;
        event.consumed = used;
        if (event.wanted > 0) return event;

        const auto payload = rest.subspan(head.length(), static_cast<std::size_t>(head.size));
        unmask(payload, rest.data() + head.length() - 4);
        used += whole;
        event = on_frame(head, payload);
        event.consumed = used;
        if (event.type != WsEvent::Type::need_more) return event;
    }
}

WsEvent WsDecoder::on_frame(const Head& head, std::span<char> payload) {
    const std::string_view text(payload.data(), payload.size());
    if (head.control()) return on_control(head, text);
    if (!in_message_) {
        const auto kind = head.opcode == WsOpcode::text ? MessageKind::text : MessageKind::binary;
        if (head.final) return finish(kind, text);
        kind_ = kind;
        in_message_ = true;
        fragments_.append(text);
        return {};
    }
    fragments_.append(text);
    if (!head.final) return {};
    in_message_ = false;
    gathered_ = true;
    return finish(kind_, fragments_.empty() ? text.substr(0, 0) : fragments_.view());
}

WsEvent WsDecoder::finish(MessageKind kind, std::string_view payload) {
    if (kind == MessageKind::text && !is_utf8(payload)) return fault(ws_close::kBadPayload, "bad_utf8");
    WsEvent event = plain(WsEvent::Type::message, payload);
    event.kind = kind;
    return event;
}

WsEvent WsDecoder::on_control(const Head& head, std::string_view payload) {
    if (head.opcode == WsOpcode::ping) return plain(WsEvent::Type::ping, payload);
    if (head.opcode == WsOpcode::pong) return plain(WsEvent::Type::pong, payload);
    WsEvent event = plain(WsEvent::Type::close, {});
    event.code = ws_close::kNoCode;
    if (payload.empty()) return event;
    if (payload.size() == 1) return protocol_error("close_code_cut");
    event.code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                            static_cast<unsigned char>(payload[1]));
    if (!may_be_sent(event.code)) return protocol_error("bad_close_code");
    if (!is_utf8(payload.substr(2))) return fault(ws_close::kBadPayload, "bad_utf8");
    return event;
}

WsHead::WsHead(WsOpcode opcode, std::size_t size) noexcept {
    const std::size_t digits = size < 126 ? 0 : size < 65536 ? 2 : 8;
    bytes_[0] = static_cast<char>(0x80 | static_cast<unsigned>(opcode));
    bytes_[1] = static_cast<char>(digits == 0 ? size : digits == 2 ? 126 : 127);
    for (std::size_t i = 0; i < digits; ++i) bytes_[2 + i] = static_cast<char>(size >> 8 * (digits - 1 - i));
    size_ = static_cast<std::uint8_t>(2 + digits);
}

}  // namespace televisit::net
