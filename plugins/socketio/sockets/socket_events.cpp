/// What comes in for a socket: events in order, one after the other, and acknowledgements.
#include <utility>

#include "engine/session.hpp"
#include "json/slice.hpp"
#include "sockets/emission.hpp"
#include "sockets/replies.hpp"
#include "sockets/socket.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

/// Lets the handler of one event hold the strand.
class HoldSource final : public StrandSource {
  public:
    HoldSource(SocketLoop& home, Socket& socket) : home_(home), socket_(socket) {}

    std::unique_ptr<StrandHold> hold() override {
        auto hold = std::make_unique<SocketHold>(home_.shared_from_this(), socket_.key());
        socket_.hold();
        return hold;
    }

  private:
    SocketLoop& home_;
    Socket& socket_;
};

}  // namespace

void Socket::on_packet(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    switch (packet.type) {
        case SocketPacketType::event:
        case SocketPacketType::binary_event:
            return on_event(packet, attachments);
        case SocketPacketType::ack:
        case SocketPacketType::binary_ack:
            return on_ack(packet, attachments);
        default:
            return on_farewell();
    }
}

bool Socket::must_wait() const noexcept {
    return strand_ != nullptr;
}

void Socket::on_event(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    if (must_wait()) return wait(packet, attachments);
    dispatch(packet, attachments);
}

void Socket::on_farewell() {
    if (!must_wait()) return home_.end_now(*this, SocketClose::client_disconnect);
    strand_->farewell = true;
    strand_->waiting.push_back({{}, {SocketPacketType::disconnect, 0, "/", std::nullopt, {}}, {}});
}

bool Socket::said_farewell() const noexcept {
    return strand_ != nullptr && strand_->farewell;
}

/// Copies the packet with what a parser may read behind it.
void Socket::wait(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    const auto& settings = home_.settings();
    std::size_t bytes = packet.payload.size();
    for (const auto attachment : attachments) bytes += attachment.size();
    if (strand_->farewell) return;
    if (strand_->waiting.size() >= settings.strand_queue || strand_->bytes + bytes > settings.strand_bytes) {
        home_.figures().strand_overflows.add();
        return close_engine(CloseCause::slow_reader);
    }
    Held& held = strand_->waiting.emplace_back();
    held.text.assign(packet.payload);
    held.packet = packet;
    held.packet.nsp = nsp();
    held.packet.payload = held.text;
    held.attachments = copies_of(attachments);
    strand_->bytes += bytes;
}

void Socket::hold() {
    if (strand_ == nullptr) strand_ = std::make_unique<Strand>();
    ++strand_->holds;
}

void Socket::release() {
    if (strand_ == nullptr) return;
    if (strand_->holds > 0) --strand_->holds;
    while (open && strand_->holds == 0) {
        if (strand_->waiting.empty()) {
            strand_.reset();
            return;
        }
        const Held held = std::move(strand_->waiting.front());
        strand_->waiting.pop_front();
        strand_->bytes -= held.text.size();
        for (const auto& attachment : held.attachments) strand_->bytes -= attachment.size();
        if (held.packet.type == SocketPacketType::disconnect)
            return home_.end_now(*this, SocketClose::client_disconnect);
        SocketPacket packet = held.packet;
        packet.payload = held.text;  // a short text has moved with its string
        dispatch(packet, views_of(held.attachments));
    }
}

void Socket::dispatch(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    auto& args = home_.cut(packet);
    std::string scratch;
    const std::string_view name = json::is_string(args.front()) ? json::text_of(args.front(), scratch) : args.front();
    home_.figures().events_in.add();

    HoldSource strand(home_, *this);
    SocketEvent event;
    event.socket = key_;
    event.sid = sid();
    event.nsp = nsp();
    event.name = name;
    event.args = std::span(args).subspan(1);
    event.attachments = attachments;
    event.loop = home_.id();
    event.strand = &strand;
    std::unique_ptr<AckResponder> ack;
    if (packet.id) ack = std::make_unique<AckReply>(home_.shared_from_this(), key_, *packet.id);

    const auto& handlers = place().handlers;
    if (const auto handler = handlers.find(name); handler != handlers.end())
        return handler->second->on_event(event, std::move(ack));
    place().listener.on_unknown_event(event, std::move(ack));
}

void Socket::on_ack(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    if (acks_ == nullptr || !packet.id) return;
    auto found = acks_->extract(*packet.id);
    if (found.empty() || !found.mapped()) return;
    SocketAck ack;
    json::ArrayElements elements(packet.payload);
    while (const auto element = elements.next()) ack.args.emplace_back(*element);
    ack.attachments = copies_of(attachments);
    found.mapped()(std::move(ack));
}

}  // namespace televisit::socketio
