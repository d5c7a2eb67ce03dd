#include "engine/polling_transport.hpp"

#include <utility>

#include "engine/handshake.hpp"
#include "engine/packet.hpp"

namespace televisit::socketio {

namespace {

/// Packets in one answer. python-engineio refuses answers with more.
constexpr std::size_t kMaxPackets = 16;

}  // namespace

HttpResponse payload_response(std::string payload) {
    HttpResponse response;
    response.headers = {{"Content-Type", "text/plain; charset=UTF-8"}, {"Cache-Control", "no-store"}};
    response.body = std::move(payload);
    return response;
}

std::uint64_t PollingTransport::hold(std::unique_ptr<HttpResponder> poll) {
    poll_ = std::move(poll);
    return ++number_;
}

void PollingTransport::enqueue(MessageKind kind, std::span<const std::string_view> pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    QueuedPacket packet{kind, {}};
    packet.data.reserve(size);
    for (const auto piece : pieces) packet.data += piece;
    bytes_ += size;
    queue_.push_back(std::move(packet));
}

void PollingTransport::answer(std::string_view when_empty) {
    std::string payload;
    for (std::size_t count = 0; count < kMaxPackets && !queue_.empty(); ++count) {
        append_to_payload(payload, queue_.front().kind, queue_.front().data);
        bytes_ -= queue_.front().data.size();
        queue_.pop_front();
    }
    if (payload.empty()) append_to_payload(payload, MessageKind::text, when_empty);
    const auto poll = std::move(poll_);
    if (poll != nullptr) poll->respond(payload_response(std::move(payload)));
}

void PollingTransport::refuse() {
    if (const auto poll = std::move(poll_)) poll->respond(fault_response(HandshakeFault::session_unknown));
}

std::deque<QueuedPacket> PollingTransport::take_queue() {
    bytes_ = 0;
    return std::exchange(queue_, {});
}

}  // namespace televisit::socketio
