#include "stage.hpp"

#include <optional>

namespace televisit::signaling {

namespace {

/// Counts `cost` events. What a socket without a room sends counts for its address, too: anybody may open another.
std::optional<Error> excess(Stage& stage, Connection& connection, std::uint32_t cost) {
    const SteadyTime now = stage.host.clock().steady_now();
    if (!connection.events.take(stage.settings.events, now, cost))
        return error(Errc::rate_limited, "too_many_events", "Too much was sent at once.");
    if (connection.seat == nullptr && stage.unjoined_events.take(connection.address.client(), now, cost))
        return error(Errc::rate_limited, "too_many_events_from_address", "Too much was sent from here at once.");
    return std::nullopt;
}

}  // namespace

bool Stage::admit(const SocketEvent& event, Connection& connection, AckResponder* ack) {
    const auto refusal = excess(*this, connection, 1);
    if (!refusal) return true;
    replies.refuse(event.socket, event.name, ack, *refusal);
    sockets.disconnect(event.socket, DisconnectMode::namespace_only);
    return false;
}

void Stage::refuse(SocketKey socket, Connection* connection, std::string_view event, AckResponder* ack,
                   const Error& error) {
    replies.refuse(socket, event, ack, error);
    if (connection == nullptr) return;
    const auto refusal = excess(*this, *connection, settings.refusal_cost - 1);
    if (!refusal) return;
    replies.refuse(socket, event, nullptr, *refusal);
    sockets.disconnect(socket, DisconnectMode::namespace_only);
}

}  // namespace televisit::signaling
