#include "engine/session.hpp"

#include <array>
#include <utility>
#include <vector>

#include "engine/engine_loop.hpp"
#include "engine/handshake.hpp"
#include "engine/web_socket_link.hpp"
#include "json/validator.hpp"

namespace televisit::socketio {

namespace {

constexpr std::string_view kClosePacket = "1";
constexpr std::string_view kPingPacket = "2";
constexpr std::string_view kNoopPacket = "6";

}  // namespace

Session::Session(EngineLoop& home, const Endpoint& endpoint, std::unique_ptr<EngineListener> listener, Sid sid,
                 std::uint32_t slot)
    : home_(home), listener_(std::move(listener)), endpoint_(endpoint), slot_(slot), sid_(sid) {}

Session::~Session() = default;

LoopId Session::loop() const noexcept {
    return home_.id();
}

void Session::open(WebSocketLink& link, std::string_view open_packet) {
    link_ = &link;
    link.attach(*this);
    link.send(MessageKind::text, {&open_packet, 1});
}

void Session::open_polling(ClientPlaces::Place place) {
    polling_ = std::make_unique<PollingTransport>(*this, std::move(place));
}

SendResult Session::send(MessageKind kind, std::span<const std::string_view> pieces) {
    if (kind == MessageKind::binary) return send_binary(pieces);
    std::vector<std::string_view> packet;
    packet.reserve(pieces.size() + 1);
    packet.emplace_back("4");
    packet.insert(packet.end(), pieces.begin(), pieces.end());
    return send_packet(packet);
}

SendResult Session::send_packet(std::span<const std::string_view> pieces) {
    home_.figures().messages_out.add();
    return transmit(MessageKind::text, pieces);
}

SendResult Session::send_binary(std::span<const std::string_view> pieces) {
    home_.figures().messages_out.add();
    return transmit(MessageKind::binary, pieces);
}

SendResult Session::transmit(MessageKind kind, std::span<const std::string_view> pieces) {
    if (state_ != State::open) return SendResult::closed;
    if (link_ != nullptr) return link_->send(kind, pieces);
    polling_->enqueue(kind, pieces);
    if (polling_->queued_bytes() > endpoint_.settings.max_buffered) {
        polling_->take_queue();
        abort(CloseCause::slow_reader);
        return SendResult::dropped;
    }
    if (polling_->has_poll()) home_.flush_later(*this);
    return SendResult::queued;
}

void Session::close(std::string_view) {
    close(CloseCause::server_close);
}

void Session::close(CloseCause cause) {
    if (state_ != State::open) return;
    if (flooding_) cause = CloseCause::flood;
    if (link_ != nullptr || (polling_->has_poll() && polling_->empty())) return abort(cause);
    state_ = State::closing;
    cause_ = cause;
    if (polling_->has_poll()) polling_->answer(kNoopPacket);
    home_.await_last_poll(*this);
}

void Session::abort(CloseCause cause) {
    if (state_ == State::closed) return;
    state_ = State::closed;
    let_go_of_links(cause);
    home_.end_later(*this, cause);
}

void Session::let_go_of_links(CloseCause cause) {
    if (link_ != nullptr) std::exchange(link_, nullptr)->close(close_code(cause), to_string(cause));
    if (polling_ == nullptr) return;
    if (polling_->probe != nullptr) std::exchange(polling_->probe, nullptr)->close(close_code(cause), to_string(cause));
    if (!polling_->has_poll()) return;
    polling_->take_queue();
    // Clients of Python stay away after a closing packet, and are to come back to whoever is there next.
    if (cause == CloseCause::shutdown) return polling_->refuse();
    polling_->answer(kClosePacket);
}

void Session::ping() {
    awaits_pong_ = true;
    heard_ = false;
    if (watcher_ != nullptr) watcher_->on_ping();
    transmit(MessageKind::text, {&kPingPacket, 1});
}

void Session::flush() {
    dirty_ = false;
    if (state_ == State::open && polling_ != nullptr && polling_->has_poll() && !polling_->empty())
        polling_->answer(kNoopPacket);
}

void Session::on_poll(std::unique_ptr<HttpResponder> responder) {
    if (polling_ == nullptr) return responder->respond(fault_response(HandshakeFault::bad_request));
    if (polling_->has_poll()) {
        responder->respond(fault_response(HandshakeFault::bad_request));
        return abort(CloseCause::transport_error);
    }
    HttpResponder& poll = *responder;
    const std::uint64_t number = polling_->hold(std::move(responder));
    // The closing packet comes alone: stock clients drop the events that come in one answer with it.
    if (!polling_->empty()) return polling_->answer(kNoopPacket);
    if (state_ == State::closing) return abort(cause_);
    if (polling_->probed) return polling_->answer(kNoopPacket);
    poll.on_abandoned(home_.abandonment(sid_, number));
}

void Session::on_poll_abandoned(std::uint64_t number) {
    if (polling_ == nullptr || !polling_->holds(number)) return;
    polling_->drop_poll();
    abort(CloseCause::transport_close);
}

void Session::on_post(HttpRequest& request, HttpResponder& responder) {
    if (polling_ == nullptr) return responder.respond(fault_response(HandshakeFault::bad_request));
    std::string scratch;
    request.body.reserve(request.body.size() + kInputPadding);
    const bool readable =
        request.header("Content-Type") != "application/octet-stream" && json::valid_utf8(request.body);
    PayloadPackets packets(request.body);
    while (state_ != State::closed) {
        const auto text = readable ? packets.next() : std::string_view();
        if (!text || !admit(text->size())) break;
        const auto packet = decode_packet(*text, scratch);
        if (!packet) {
            responder.respond(fault_response(HandshakeFault::bad_request));
            return abort(CloseCause::parse_error);
        }
        on_packet(*packet);
    }
    HttpResponse accepted;
    accepted.headers = {{"Content-Type", "text/html"}, {"Cache-Control", "no-store"}};
    accepted.body = "ok";
    responder.respond(std::move(accepted));
}

void Session::on_message(MessageKind kind, std::string_view data) {
    heard();
    home_.figures().messages_in.add();
    listener_->on_message(kind, data);
}

/// Who sends something while a pong is awaited is there, if busy: the time for the pong begins anew, once.
void Session::heard() {
    if (awaits_pong_ && !std::exchange(heard_, true) && state_ == State::open) home_.await_pong(*this);
}

/// Counts a packet. False: it is one too many.
bool Session::admit(std::size_t bytes) {
    if (flooding_) return false;
    const auto& settings = endpoint_.settings;
    const std::size_t cost = bytes < settings.packet_unit ? 1 : 1 + bytes / settings.packet_unit;
    if (packets_.take(settings.packets, home_.now(), static_cast<std::uint32_t>(cost))) return true;
    flooding_ = true;
    if (watcher_ != nullptr)
        watcher_->on_flood();
    else
        close(CloseCause::flood);
    return false;
}

void Session::on_packet(const Packet& packet) {
    if (state_ != State::open && packet.type != PacketType::close) return;
    switch (packet.type) {
        case PacketType::message:
            return on_message(packet.kind, packet.data);
        case PacketType::pong:
            if (!std::exchange(awaits_pong_, false)) return;
            if (watcher_ != nullptr) watcher_->on_pong();
            return home_.await_ping(*this);
        case PacketType::close:
            // The reference answers a poll that waits with a noop then.
            if (polling_ != nullptr && polling_->has_poll()) polling_->answer(kNoopPacket);
            return abort(CloseCause::transport_close);
        case PacketType::ping:
            return abort(CloseCause::transport_error);
        case PacketType::open:
        case PacketType::upgrade:
        case PacketType::noop:
            return;
    }
}

void Session::on_frame(WebSocketLink& link, MessageKind kind, std::string_view payload) {
    if (!admit(payload.size())) return;
    if (&link != link_) return on_probe_frame(kind, payload);
    if (kind == MessageKind::binary) return on_message(kind, payload);
    if (!payload.empty() && payload.front() == static_cast<char>(PacketType::message))
        return on_message(kind, payload.substr(1));
    std::string scratch;
    const auto packet = decode_packet(payload, scratch);
    if (!packet) return abort(CloseCause::parse_error);
    on_packet(*packet);
}

void Session::on_probe(WebSocketLink& link) {
    if (polling_ == nullptr || polling_->probe != nullptr || state_ != State::open)
        return link.close(close_code(CloseCause::transport_error), "bad_request");
    polling_->probe = &link;
    link.attach(*this);
    home_.await_upgrade(*this);
}

void Session::on_probe_frame(MessageKind kind, std::string_view payload) {
    if (kind == MessageKind::text && payload == "2probe") {
        static constexpr std::string_view kAnswer = "3probe";
        polling_->probe->send(MessageKind::text, {&kAnswer, 1});
        polling_->probed = true;
        // The client waits for its poll to come back before it goes over.
        if (polling_->has_poll()) polling_->answer(kNoopPacket);
    } else if (kind == MessageKind::text && payload == "5" && polling_->probed) {
        upgrade();
    } else {
        end_upgrade();
    }
}

void Session::upgrade() {
    const auto polling = std::move(polling_);
    polling->stop_waiting();
    link_ = std::exchange(polling->probe, nullptr);
    const auto queue = polling->take_queue();
    if (polling->has_poll()) polling->answer(kNoopPacket);
    home_.figures().upgraded.add();
    for (const auto& packet : queue) {
        const std::string_view data = packet.data;
        link_->send(packet.kind, {&data, 1});
    }
    if (state_ == State::closing) abort(cause_);
}

void Session::end_upgrade() {
    if (polling_ == nullptr || polling_->probe == nullptr) return;
    polling_->probed = false;
    polling_->stop_waiting();
    std::exchange(polling_->probe, nullptr)->close(close_code(CloseCause::transport_error), "upgrade_failed");
}

void Session::on_link_closed(WebSocketLink& link, CloseCause cause) {
    if (&link == link_) {
        link_ = nullptr;
        state_ = State::closed;
        return home_.end_now(*this, cause);
    }
    if (polling_ == nullptr || polling_->probe != &link) return;
    polling_->probe = nullptr;
    polling_->probed = false;
    polling_->stop_waiting();
}

}  // namespace televisit::socketio
