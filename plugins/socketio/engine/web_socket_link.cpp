#include "engine/web_socket_link.hpp"

#include <utility>

#include "engine/engine_loop.hpp"
#include "engine/packet.hpp"
#include "engine/session.hpp"

namespace televisit::socketio {

namespace {

constexpr std::uint16_t kPolicyViolation = 1008;
constexpr std::uint16_t kTryAgainLater = 1013;

/// The host ends a connection with one of these codes when its frames broke the rules.
constexpr std::uint16_t kFirstFault = 1002, kLastFault = 1009;

CloseCause cause_of(const ChannelClose& close) {
    if (close.reason == "slow_reader") return CloseCause::slow_reader;
    const bool fault =
        close.code >= kFirstFault && close.code <= kLastFault && close.code != 1005 && close.code != 1006;
    return !close.by_peer && fault ? CloseCause::transport_error : CloseCause::transport_close;
}

}  // namespace

WebSocketLink::WebSocketLink(std::shared_ptr<EngineLoop> home, const Endpoint& endpoint,
                             std::unique_ptr<EngineListener> listener, std::string sid, bool base64)
    : birth_(new Birth{std::move(home), endpoint, std::move(listener), std::move(sid)}), base64_(base64) {}

WebSocketLink::~WebSocketLink() {
    if (session_ != nullptr) std::exchange(session_, nullptr)->on_link_closed(*this, CloseCause::transport_close);
}

void WebSocketLink::on_open(Channel& channel) {
    channel_ = &channel;
    const auto birth = std::move(birth_);
    if (birth->sid.empty()) {
        if (!birth->home->open_websocket(birth->endpoint, std::move(birth->listener), *this))
            channel.close(kTryAgainLater, "full");
    } else if (Session* const session = birth->home->find(birth->endpoint, birth->sid)) {
        session->on_probe(*this);
    } else {
        channel.close(kPolicyViolation, "session_unknown");
    }
}

void WebSocketLink::on_message(MessageKind kind, std::string_view payload) {
    if (session_ != nullptr) session_->on_frame(*this, kind, payload);
}

void WebSocketLink::on_closed(const ChannelClose& close) {
    if (session_ != nullptr) std::exchange(session_, nullptr)->on_link_closed(*this, cause_of(close));
    channel_ = nullptr;
}

SendResult WebSocketLink::send(MessageKind kind, std::span<const std::string_view> pieces) {
    if (kind == MessageKind::text || !base64_) return channel_->send(kind, pieces);
    std::string bytes;
    for (const auto piece : pieces) bytes += piece;
    std::string text;
    append_to_payload(text, kind, bytes);
    const std::string_view whole = text;
    return channel_->send(MessageKind::text, {&whole, 1});
}

void WebSocketLink::close(std::uint16_t code, std::string_view reason) {
    session_ = nullptr;
    if (channel_ != nullptr) channel_->close(code, reason);
}

}  // namespace televisit::socketio
