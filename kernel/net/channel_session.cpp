#include "net/channel_session.hpp"

#include <array>
#include <cassert>
#include <string>

#include "net/guard.hpp"

namespace televisit::net {
namespace {

constexpr std::size_t kMaxReason = 123;  // what a close frame holds beside its code

// Cuts at the border of a character.
std::string_view cut_reason(std::string_view text) noexcept {
    if (text.size() <= kMaxReason) return text;
    std::size_t end = kMaxReason;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

}  // namespace

ChannelSession::ChannelSession(const RouteEntry& entry, std::unique_ptr<ChannelListener> listener,
                               const ServerOptions& options)
    : entry_(entry),
      listener_(std::move(listener)),
      decoder_(entry.channel.max_message),
      max_queued_(entry.channel.max_queued > 0 ? entry.channel.max_queued : options.max_queued) {}

void ChannelSession::on_start(Connection& connection) {
    connection_ = &connection;
    state_ = State::open;
    shared().counters().channels.add();
    if (!guarded(shared(), entry_.label, [&] { listener_->on_open(*this); }))
        fail(ws_close::kInternal, "handler_fault");
}

LoopId ChannelSession::loop() const noexcept {
    return connection_->loop().loop().id();
}

std::size_t ChannelSession::queued_bytes() const noexcept {
    return connection_->queued();
}

std::size_t ChannelSession::on_data(std::span<char> data) {
    std::size_t used = 0;
    wanted_ = 0;
    while (state_ != State::ended) {
        const WsEvent event = decoder_.next(data.subspan(used));
        used += event.consumed;
        if (event.type == WsEvent::Type::need_more) {
            wanted_ = event.wanted - (data.size() - used);
            return used;
        }
        on_event(event);
    }
    return data.size();
}

void ChannelSession::on_event(const WsEvent& event) {
    switch (event.type) {
        case WsEvent::Type::message:
            return on_message(event);
        case WsEvent::Type::ping:
            if (!within_rate() || state_ != State::open) return;
            if (!send_control(WsOpcode::pong, event.payload)) connection_->doom();
            return;
        case WsEvent::Type::close:
            return on_close_frame(event.code);
        case WsEvent::Type::fault:
            shared().counters().protocol_errors.add();
            return fail(event.code, event.reason);
        case WsEvent::Type::pong:
            within_rate();
            return;
        case WsEvent::Type::need_more:
            return;
    }
}

// Messages are counted by whoever understands them; of control frames nobody but this hears.
bool ChannelSession::within_rate() {
    if (control_frames_.take(shared().core().options().control_frames, shared().loop().now())) return true;
    shared().counters().control_floods.add();
    fail(ws_close::kPolicy, "too_many_control_frames");
    return false;
}

void ChannelSession::on_message(const WsEvent& event) {
    if (state_ != State::open) return;  // what comes behind our close frame is not wanted any more
    shared().counters().messages_in.add();
    if (!guarded(shared(), entry_.label, [&] { listener_->on_message(event.kind, event.payload); }))
        fail(ws_close::kInternal, "handler_fault");
}

void ChannelSession::on_close_frame(std::uint16_t code) {
    if (state_ == State::open) {
        send_close(code, {});
        set_end(code, true, "closed_by_peer");
    }
    end();
}

void ChannelSession::fail(std::uint16_t code, std::string_view reason) {
    if (state_ == State::ended) return;
    if (state_ == State::open) send_close(code, reason);
    set_end(code, false, reason);
    end();
}

SendResult ChannelSession::send(MessageKind kind, std::span<const std::string_view> pieces) {
    assert(!connection_ || shared().loop().is_current());
    if (state_ != State::open) return SendResult::closed;
    std::size_t total = 0;
    for (const std::string_view piece : pieces) total += piece.size();
    const std::size_t waiting = connection_->queued();
    if (waiting > 0 && waiting + total > max_queued_) return give_up_slow_reader();

    const WsHead head(kind == MessageKind::text ? WsOpcode::text : WsOpcode::binary, total);
    const WriteResult written = connection_->write(head.view(), pieces);
    if (written == WriteResult::failed) {
        state_ = State::ended;
        connection_->doom();
        return SendResult::closed;
    }
    LoopCounters& counters = shared().counters();
    counters.messages_out.add();
    if (written == WriteResult::written) return SendResult::sent;
    counters.queued.add();
    return connection_->queued() > max_queued_ ? give_up_slow_reader() : SendResult::queued;
}

// A close frame would only wait behind what the peer does not read: the connection is cut.
SendResult ChannelSession::give_up_slow_reader() {
    shared().counters().slow_readers.add();
    set_end(ws_close::kLost, false, "slow_reader");
    state_ = State::ended;
    connection_->doom();
    return SendResult::dropped;
}

bool ChannelSession::send_control(WsOpcode opcode, std::string_view payload) {
    // A peer that pings and never reads is a slow reader too.
    if (connection_->queued() > max_queued_) return give_up_slow_reader(), true;
    return connection_->write(WsHead(opcode, payload.size()).view(), {&payload, 1}) != WriteResult::failed;
}

bool ChannelSession::send_close(std::uint16_t code, std::string_view reason) {
    if (!may_be_sent(code)) return send_control(WsOpcode::close, {});
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload += cut_reason(reason);
    return connection_->write(WsHead(WsOpcode::close, payload.size()).view(), std::array{std::string_view(payload)}) !=
           WriteResult::failed;
}

void ChannelSession::close(std::uint16_t code, std::string_view reason) {
    if (state_ != State::open) return;
    if (!may_be_sent(code)) code = ws_close::kNormal;
    const bool sent = send_close(code, reason);
    set_end(code, false, reason);
    state_ = State::closing;
    if (!sent) {
        state_ = State::ended;
        return connection_->doom();
    }
    connection_->set_deadline(shared().core().options().timeouts.close_handshake);
}

void ChannelSession::set_end(std::uint16_t code, bool by_peer, std::string_view reason) {
    if (!end_) end_ = std::make_unique<ChannelClose>(ChannelClose{code, by_peer, std::string(reason)});
}

void ChannelSession::end() {
    state_ = State::ended;
    tell();
    connection_->finish();
}

void ChannelSession::tell() {
    if (!listener_ || !connection_) return;
    const auto listener = std::move(listener_);
    shared().counters().channels.subtract();
    guarded(shared(), entry_.label, [&] { listener->on_closed(*end_); });
}

void ChannelSession::on_end() {
    connection_->abort();
}

void ChannelSession::on_lost() {
    state_ = State::ended;
    set_end(ws_close::kLost, false, "connection_lost");
    tell();
}

void ChannelSession::on_deadline() {
    shared().counters().timeouts.add();
    connection_->abort();
}

void ChannelSession::on_drain(bool by_force) {
    if (by_force) close(ws_close::kGoingAway, "going_away");
}

}  // namespace televisit::net
