#include "wslay_decoder.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace televisit::net {
namespace {

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

bool is_utf8(std::string_view text) noexcept {
    return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace

WslayDecoder::WslayDecoder(std::size_t max_message) : max_message_(max_message) {
    const wslay_frame_callbacks callbacks{nullptr, &WslayDecoder::give, nullptr};
    wslay_frame_context* context = nullptr;
    if (wslay_frame_context_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
    context_.reset(context);
}

ssize_t WslayDecoder::give(std::uint8_t* to, std::size_t size, int, void* decoder) {
    auto& input = static_cast<WslayDecoder*>(decoder)->input_;
    if (input.empty()) return -1;
    const std::size_t count = std::min(size, input.size());
    std::memcpy(to, input.data(), count);
    input = input.subspan(count);
    return static_cast<ssize_t>(count);
}

WsEvent WslayDecoder::next(std::span<char> data) {
    if (std::exchange(gathered_, false)) {
        control_.clear();
        if (!in_message_) message_.clear();
    }
    input_ = data;
    for (;;) {
        wslay_frame_iocb chunk{};
        WsEvent event;
        const ssize_t taken = wslay_frame_recv(context_.get(), &chunk);
        if (taken >= 0)
            event = on_chunk(chunk);
        else if (taken == WSLAY_ERR_WANT_READ)
            event.wanted = 1;
        else
            event = protocol_error("bad_frame");
        event.consumed = data.size() - input_.size();
        if (event.type != WsEvent::Type::need_more || event.wanted > 0) return event;
    }
}

WsEvent WslayDecoder::judge_head(const wslay_frame_iocb& frame) const noexcept {
    if (frame.rsv != 0) return protocol_error("reserved_bits");
    if (frame.opcode > WSLAY_PONG || (frame.opcode > WSLAY_BINARY_FRAME && frame.opcode < WSLAY_CONNECTION_CLOSE))
        return protocol_error("unknown_opcode");
    if (!frame.mask) return protocol_error("unmasked_frame");
    if (wslay_is_ctrl_frame(frame.opcode)) return {};
    if ((frame.opcode == WSLAY_CONTINUATION_FRAME) != in_message_)
        return protocol_error(in_message_ ? "message_within_message" : "stray_continuation");
    if (frame.payload_length > max_message_ - message_.size()) return fault(ws_close::kTooBig, "too_big");
    return {};
}

WsEvent WslayDecoder::on_chunk(const wslay_frame_iocb& chunk) {
    if (arrived_ == 0)
        if (WsEvent event = judge_head(chunk); event.type == WsEvent::Type::fault) return event;
    arrived_ += chunk.data_length;
    const bool whole = arrived_ == chunk.payload_length;
    if (whole) arrived_ = 0;
    const std::string_view part(reinterpret_cast<const char*>(chunk.data), chunk.data_length);
    return wslay_is_ctrl_frame(chunk.opcode) ? on_control(chunk, part, whole) : on_data(chunk, part, whole);
}

WsEvent WslayDecoder::on_data(const wslay_frame_iocb& frame, std::string_view part, bool whole) {
    if (frame.opcode != WSLAY_CONTINUATION_FRAME)
        kind_ = frame.opcode == WSLAY_TEXT_FRAME ? MessageKind::text : MessageKind::binary;
    const bool at_once = whole && frame.fin && message_.empty();
    if (!at_once) message_.append(part);
    if (whole) in_message_ = !frame.fin;
    if (!whole || !frame.fin) return {};
    gathered_ = !at_once;
    const std::string_view payload = at_once ? part : message_.view();
    if (kind_ == MessageKind::text && !is_utf8(payload)) return fault(ws_close::kBadPayload, "bad_utf8");
    WsEvent event;
    event.type = WsEvent::Type::message;
    event.kind = kind_;
    event.payload = payload;
    return event;
}

WsEvent WslayDecoder::on_control(const wslay_frame_iocb& frame, std::string_view part, bool whole) {
    if (!whole || !control_.empty()) control_.append(part);
    if (!whole) return {};
    gathered_ = !control_.empty();
    const std::string_view payload = gathered_ ? control_.view() : part;
    WsEvent event;
    event.payload = payload;
    event.type = frame.opcode == WSLAY_PING ? WsEvent::Type::ping : WsEvent::Type::pong;
    if (frame.opcode != WSLAY_CONNECTION_CLOSE) return event;
    event.type = WsEvent::Type::close;
    event.payload = {};
    event.code = ws_close::kNoCode;
    if (payload.empty()) return event;
    if (payload.size() == 1) return protocol_error("close_code_cut");
    event.code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                            static_cast<unsigned char>(payload[1]));
    if (!may_be_sent(event.code)) return protocol_error("bad_close_code");
    if (!is_utf8(payload.substr(2))) return fault(ws_close::kBadPayload, "bad_utf8");
    return event;
}

}  // namespace televisit::net
