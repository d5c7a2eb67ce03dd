#include "sockets/client.hpp"

#include <algorithm>
#include <utility>

#include "engine/sid.hpp"
#include "json/placeholders.hpp"
#include "json/slice.hpp"
#include "json/text.hpp"
#include "sockets/connecting.hpp"
#include "sockets/far_link.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

SocketClose close_of(std::string_view reason) noexcept {
    if (reason == to_string(CloseCause::ping_timeout)) return SocketClose::ping_timeout;
    if (reason == to_string(CloseCause::server_close) || reason == to_string(CloseCause::flood))
        return SocketClose::server_disconnect;
    if (reason == to_string(CloseCause::shutdown)) return SocketClose::shutdown;
    return SocketClose::transport_close;
}

RecoveryWish wish_of(const HttpRequest& handshake) {
    for (const auto& [name, value] : handshake.query)
        if (name == "recovery") return value == "0" || value == "false" ? RecoveryWish::no : RecoveryWish::yes;
    return RecoveryWish::unsaid;
}

}  // namespace

Client::Client(SocketLoop& home, const NamespaceNames& names, const HttpRequest& handshake,
               ClientPlaces::Place unconnected)
    : home_(home),
      names_(names),
      handshake_(handshake, names.want_handshakes),
      unconnected_(std::move(unconnected)),
      wish_(wish_of(handshake)) {}

Client::~Client() = default;

/// Sessions are made by this plugin's engine alone.
void Client::on_open(EngineSession& session) {
    session_ = &static_cast<Session&>(session);
    session_->set_watcher(*this);
    home_.await_connect(*this);
}

void Client::on_message(MessageKind kind, std::string_view payload) {
    if (kind == MessageKind::binary) return on_binary(payload);
    on_text(payload);
}

void Client::on_closed(std::string_view reason) {
    stop_waiting();
    if (const auto waiting = std::exchange(connecting_, nullptr))
        for (const auto& one : *waiting) one->abandon();
    const SocketClose close = close_of(reason);
    for (const auto& link : std::exchange(far_sockets_, {})) {
        link->forget_client();
        link->lost(close);
    }
    while (sockets_ != nullptr) home_.connection_lost(*sockets_, close);
    stop_waiting();
}

void Client::on_ping() {
    for (Socket* socket = sockets_; socket != nullptr; socket = socket->next_of_client)
        if (Recovery* const recovery = socket->recovery()) recovery->pinged = recovery->last;
    for (const auto& link : far_sockets_) link->on_ping();
}

void Client::on_pong() {
    for (Socket* socket = sockets_; socket != nullptr; socket = socket->next_of_client)
        if (const Recovery* const recovery = socket->recovery()) socket->confirm(recovery->pinged);
    for (const auto& link : far_sockets_) link->on_pong();
}

/// Every socket is told, and put out. The engine closes when none is left, at once or when other loops have done so.
void Client::on_flood() {
    for (Socket* socket = sockets_; socket != nullptr;) home_.put_out(*std::exchange(socket, socket->next_of_client));
    for (const auto& link : far_sockets_) link->put_out();
    if (!has_sockets()) session_->close(CloseCause::flood);
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
    if (packet.type == SocketPacketType::connect_error) return malformed();
    if (Socket* const socket = find(packet.nsp)) return socket->on_packet(packet, attachments);
    if (FarLink* const link = find_far(packet.nsp)) return on_far_packet(*link, packet, attachments);
    if (std::find(left_.begin(), left_.end(), packet.nsp) == left_.end()) malformed();
}

void Client::on_far_packet(FarLink& link, const SocketPacket& packet, std::span<const std::string_view> attachments) {
    if (!link.is_open()) return malformed();
    link.deliver(packet, attachments);
    if (packet.type != SocketPacketType::disconnect) return;
    link.forget_client();
    std::erase_if(far_sockets_, [&](const auto& one) { return one.get() == &link; });
    if (!has_sockets()) home_.await_end(*this);
}

void Client::send_disconnect(std::string_view nsp) {
    left_.push_back(nsp);
    send_head(SocketPacketType::disconnect, nsp, {});
}

SendResult Client::send_whole(std::span<const std::string_view> packet, std::span<const std::string_view> attachments) {
    SendResult result = session_->send_packet(packet);
    for (const auto& attachment : attachments) result = std::max(result, session_->send_binary({&attachment, 1}));
    return result;
}

void Client::send(MessageKind kind, std::string_view data) {
    if (kind == MessageKind::binary)
        session_->send_binary({&data, 1});
    else
        session_->send_packet({&data, 1});
}

void Client::send_head(SocketPacketType type, std::string_view nsp, std::string_view payload) {
    std::string packet;
    append_head(packet, type, nsp, 0, std::nullopt);
    packet += payload;
    const std::string_view piece = packet;
    session_->send_packet({&piece, 1});
}

Socket* Client::find(std::string_view nsp) const noexcept {
    for (Socket* socket = sockets_; socket != nullptr; socket = socket->next_of_client)
        if (socket->nsp() == nsp) return socket;
    return nullptr;
}

FarLink* Client::find_far(std::string_view nsp) const noexcept {
    for (const auto& link : far_sockets_)
        if (link->name().name == nsp) return link.get();
    return nullptr;
}

void Client::adopt(Socket& socket) {
    socket.next_of_client = std::exchange(sockets_, &socket);
    ++socket_count_;
}

void Client::unlink(Socket& socket) noexcept {
    Socket** link = &sockets_;
    while (*link != nullptr && *link != &socket) link = &(*link)->next_of_client;
    if (*link == nullptr) return;
    *link = std::exchange(socket.next_of_client, nullptr);
    --socket_count_;
}

void Client::remove(Socket& socket) {
    unlink(socket);
    if (!has_sockets()) home_.await_end(*this);
}

void Client::let_go(Socket& socket) {
    left_.push_back(socket.nsp());
    unlink(socket);
    if (!has_sockets()) session_->close(CloseCause::server_close);
}

void Client::let_go(const FarLink& link) {
    const auto found =
        std::find_if(far_sockets_.begin(), far_sockets_.end(), [&](const auto& one) { return one.get() == &link; });
    if (found == far_sockets_.end()) return;
    left_.push_back(link.name().name);
    const auto kept = std::move(*found);
    far_sockets_.erase(found);
    kept->forget_client();
    if (!has_sockets()) session_->close(CloseCause::server_close);
}

void Client::on_connect_deadline() {
    if (!has_sockets()) session_->close(CloseCause::server_close);
}

}  // namespace televisit::socketio
