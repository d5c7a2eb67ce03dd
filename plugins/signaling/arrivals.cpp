#include "arrivals.hpp"

#include "messages.hpp"

namespace televisit::signaling {

Result<void> Arrivals::on_connecting(SocketKey, std::string_view, const SocketHandshake&) {
    return {};
}

void Arrivals::on_connected(SocketKey socket, std::string_view sid, LoopId loop, const SocketHandshake& handshake) {
    stage_.at(loop).add(socket).client_address = handshake.remote_address;
    const std::string message = connected_message(sid);
    const std::string_view piece = message;
    stage_.sockets.emit(socket, {.event = "connected", .args = {&piece, 1}});
    farewell_.meet(socket);
}

/// A farewell is for good; anything else may be healed within the grace time.
void Arrivals::on_disconnected(SocketKey socket, SocketClose close) {
    const auto loop = stage_.host.loops().current();
    if (!loop || *loop >= stage_.loops.size()) return;
    LoopConnections& home = stage_.at(*loop);
    Connection* const connection = home.find(socket);
    if (connection == nullptr) return;
    if (connection->joining) connection->gone = close;
    const auto seat = home.unseat(*connection);
    if (!connection->joining) home.erase(socket);
    if (seat == nullptr) return;
    if (close == SocketClose::client_disconnect) return seat->leave();
    seat->connection_lost();
}

void Arrivals::on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    const Connection* const connection = stage_.connection(event);
    if (connection == nullptr || connection->seat == nullptr)
        return stage_.replies.refuse(event.socket, event.name, ack.get(), not_in_room());
    stage_.replies.refuse(event.socket, event.name, ack.get(),
                          error(Errc::not_found, "unknown_event", "There is no such event."));
}

}  // namespace televisit::signaling
