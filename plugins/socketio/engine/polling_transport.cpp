#include "engine/polling_transport.hpp"

#include <utility>

#include "engine/packet.hpp"

namespace televisit::socketio {

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

void PollingTransport::answer(std::string_view last) {
    std::string payload;
    for (const auto& packet : take_queue()) append_to_payload(payload, packet.kind, packet.data);
    if (!last.empty()) append_to_payload(payload, MessageKind::text, last);
    const auto poll = std::move(poll_);
    if (poll != nullptr) poll->respond(payload_response(std::move(payload)));
}

std::vector<QueuedPacket> PollingTransport::take_queue() {
    bytes_ = 0;
    return std::exchange(queue_, {});
}

}  // namespace televisit::socketio
