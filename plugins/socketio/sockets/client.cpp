#include "sockets/client.hpp"

#include <algorithm>
#include <utility>

#include "json/placeholders.hpp"
#include "json/slice.hpp"
#include "json/text.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

SocketClose close_of(std::string_view reason) noexcept {
    if (reason == to_string(CloseCause::ping_timeout)) return SocketClose::ping_timeout;
    if (reason == to_string(CloseCause::server_close)) return SocketClose::server_disconnect;
    if (reason == to_string(CloseCause::shutdown)) return SocketClose::shutdown;
    return SocketClose::transport_close;
}

}  // namespace

Client::Client(SocketLoop& home, const NamespaceNames& names, const HttpRequest& handshake)
    : home_(home), names_(names), handshake_(std::make_unique<HandshakeRecord>(handshake)) {}

Client::~Client() = default;

/// Sessions are made by this plugin's engine alone.
void Client::on_open(EngineSession& session) {
    session_ = &static_cast<Session&>(session);
    home_.await_connect(*this);
}

void Client::on_message(MessageKind kind, std::string_view payload) {
    if (kind == MessageKind::binary) return on_binary(payload);
    on_text(payload);
}

void Client::on_closed(std::string_view reason) {
    stop_waiting();
    const SocketClose close = close_of(reason);
    while (!sockets_.empty()) {
        Socket& socket = *sockets_.back();
        home_.end_now(socket, socket.said_farewell() ? SocketClose::client_disconnect : close);
    }
    stop_waiting();
}

/// What the reference closes for, too: the client does not speak this protocol.
void Client::malformed() {
    home_.figures().malformed.add();
    session_->close(CloseCause::parse_error);
}

void Client::on_text(std::string_view text) {
    if (assembly_ != nullptr) return malformed();
    auto packet = decode_socket_packet(text);
    if (!packet || !is_sound(*packet)) return malformed();
    if (packet->attachments > 0) return begin_assembly(text, *packet);
    on_packet(*packet, {});
}

/// Checks the whole JSON before any of it is used. The engine's message ends where the packet ends, so the padding
/// behind it is there.
bool Client::is_sound(SocketPacket& packet) {
    if (packet.attachments > std::min(home_.settings().max_attachments, json::kMaxAttachments)) return false;
    if (packet.payload.empty()) return true;
    if (!home_.validator().valid(packet.payload)) return false;
    packet.elements = home_.validator().elements();
    if (packet.type == SocketPacketType::event || packet.type == SocketPacketType::binary_event) {
        const auto name = json::ArrayElements(packet.payload).next();
        if (!name || !(json::is_string(*name) || json::is_number(*name))) return false;
        std::string scratch;
        if (json::is_string(*name) && is_reserved_event(json::text_of(*name, scratch))) return false;
    }
    const bool binary = packet.type == SocketPacketType::binary_event || packet.type == SocketPacketType::binary_ack;
    return !binary || json::has_exact_placeholders(packet.payload, packet.attachments);
}

void Client::begin_assembly(std::string_view text, const SocketPacket& packet) {
    assembly_ = std::make_unique<Assembly>();
    assembly_->text = text;
    const auto moved = [&](std::string_view part) {
        return std::string_view(assembly_->text)
            .substr(static_cast<std::size_t>(part.data() - text.data()), part.size());
    };
    assembly_->packet = packet;
    assembly_->packet.payload = moved(packet.payload);
    if (packet.nsp.data() >= text.data() && packet.nsp.data() < text.data() + text.size())
        assembly_->packet.nsp = moved(packet.nsp);
}

void Client::on_binary(std::string_view bytes) {
    if (assembly_ == nullptr) return malformed();
    assembly_->bytes += bytes.size();
    if (assembly_->bytes > home_.settings().max_binary) return malformed();
    assembly_->attachments.emplace_back(bytes);
    if (assembly_->attachments.size() < assembly_->packet.attachments) return;
    const auto whole = std::move(assembly_);
    on_packet(whole->packet, views_of(whole->attachments));
}

void Client::on_packet(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    if (packet.type == SocketPacketType::connect) return connect(packet);
    Socket* const socket = find(packet.nsp);
    if (socket == nullptr) {
        if (std::find(left_.begin(), left_.end(), packet.nsp) == left_.end()) malformed();
        return;
    }
    switch (packet.type) {
        case SocketPacketType::event:
        case SocketPacketType::binary_event:
            return socket->on_event(packet, attachments);
        case SocketPacketType::ack:
        case SocketPacketType::binary_ack:
            return socket->on_ack(packet);
        case SocketPacketType::disconnect:
            return socket->on_farewell();
        default:
            return malformed();
    }
}

void Client::connect(const SocketPacket& packet) {
    if (find(packet.nsp) != nullptr) return malformed();
    const auto found = names_.find(packet.nsp);
    if (found == names_.end()) return refuse(packet.nsp, "Invalid namespace", {});
    const NamespaceName& name = *found->second;
    if (sockets_.size() >= home_.settings().max_namespaces)
        return refuse(name.name, "Too many namespaces", "too_many_namespaces");
    auto made = home_.make(*this, name);
    if (made == nullptr) return refuse(name.name, "The server is full", "unavailable");

    Socket& socket = *made;
    const HandshakeFields fields = handshake_ != nullptr ? handshake_->read() : HandshakeFields{};
    const SocketHandshake handshake{name.name, packet.payload, fields.query, fields.headers, fields.remote_address};
    if (const auto allowed = name.place.listener.on_connecting(socket.key(), socket.sid(), handshake); !allowed) {
        home_.figures().refused.add();
        home_.unmake(socket);
        return refuse(name.name, allowed.error().message, allowed.error().name());
    }
    sockets_.push_back(std::move(made));
    std::erase(left_, std::string_view(name.name));
    std::string answer = "{\"sid\":\"";
    answer += socket.sid();
    answer += "\"}";
    send_head(SocketPacketType::connect, name.name, answer);
    home_.opened(socket);
    name.place.listener.on_connected(socket.key(), socket.sid(), home_.id(), handshake);
}

void Client::refuse(std::string_view nsp, std::string_view message, std::string_view code) {
    std::string payload = "{\"message\":";
    json::append_string(payload, message);
    if (!code.empty()) {
        payload += ",\"data\":{\"code\":";
        json::append_string(payload, code);
        payload += '}';
    }
    payload += '}';
    send_head(SocketPacketType::connect_error, nsp, payload);
}

void Client::send_disconnect(const Socket& socket) {
    left_.push_back(socket.nsp());
    send_head(SocketPacketType::disconnect, socket.nsp(), {});
}

void Client::send_head(SocketPacketType type, std::string_view nsp, std::string_view payload) {
    std::string packet;
    append_head(packet, type, nsp, 0, std::nullopt);
    packet += payload;
    const std::string_view piece = packet;
    session_->send_packet({&piece, 1});
}

Socket* Client::find(std::string_view nsp) const noexcept {
    for (const auto& socket : sockets_)
        if (socket->nsp() == nsp) return socket.get();
    return nullptr;
}

std::unique_ptr<Socket> Client::remove(Socket& socket) {
    const auto found =
        std::find_if(sockets_.begin(), sockets_.end(), [&](const auto& held) { return held.get() == &socket; });
    auto owned = std::move(*found);
    sockets_.erase(found);
    if (sockets_.empty()) home_.await_end(*this);
    return owned;
}

void Client::on_connect_deadline() {
    if (sockets_.empty()) return session_->close(CloseCause::server_close);
    handshake_.reset();
}

}  // namespace televisit::socketio
