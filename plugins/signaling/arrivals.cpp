#include "arrivals.hpp"

#include <string>

#include "messages.hpp"

namespace televisit::signaling {

Result<void> Arrivals::on_connecting(SocketKey socket, std::string_view, const SocketHandshake& handshake) {
    LoopConnections* const home = here();
    if (home == nullptr) return error(Errc::internal, "This connection belongs to no event loop.");
    auto added = home->add(socket, handshake.remote_address);
    if (!added) stage_.replies.count(added.error().name());
    return added;
}

void Arrivals::on_connected(SocketKey socket, std::string_view sid, LoopId, const SocketHandshake&) {
    greet(socket, sid);
    farewell_.meet(socket);
}

void Arrivals::greet(SocketKey socket, std::string_view sid) {
    const std::string message = connected_message(sid);
    const std::string_view piece = message;
    stage_.sockets.emit(socket, {.event = "connected", .args = {&piece, 1}});
}

LoopConnections* Arrivals::here() const {
    const auto loop = stage_.host.loops().current();
    return loop && *loop < stage_.loops.size() ? &stage_.at(*loop) : nullptr;
}

/// A farewell is for good; anything else may be healed within the grace time.
void Arrivals::on_disconnected(SocketKey socket, SocketClose close) {
    LoopConnections* const home = here();
    Connection* const connection = home != nullptr ? home->find(socket) : nullptr;
    if (connection == nullptr) return;
    if (connection->joining) connection->gone = close;
    const auto seat = home->unseat(*connection);
    if (!connection->joining) home->erase(socket);
    if (seat == nullptr) return;
    if (close == SocketClose::client_disconnect) return seat->leave();
    seat->connection_lost();
}

/// As long as the seat is kept.
std::chrono::milliseconds Arrivals::recovery_time() const {
    return stage_.host.consultations().grace();
}

void Arrivals::on_interrupted(SocketKey socket, SocketClose) {
    LoopConnections* const home = here();
    Connection* const connection = home != nullptr ? home->find(socket) : nullptr;
    if (connection == nullptr) return;
    connection->away = true;
    if (connection->seat != nullptr) connection->seat->suspend();
}

bool Arrivals::on_returning(SocketKey socket, const SocketHandshake& handshake) {
    LoopConnections* const home = here();
    Connection* const connection = home != nullptr ? home->find(socket) : nullptr;
    if (connection == nullptr || farewell_.has_begun()) return false;
    if (connection->away && connection->seat != nullptr && !connection->seat->resume()) return false;
    connection->away = false;
    home->move_to(*connection, handshake.remote_address);
    return true;
}

/// Who has missed something is told how things stand.
void Arrivals::on_returned(SocketKey socket, std::string_view sid, SocketReturn how) {
    if (how == SocketReturn::complete) return;
    LoopConnections* const home = here();
    Connection* const connection = home != nullptr ? home->find(socket) : nullptr;
    if (connection == nullptr) return;
    greet(socket, sid);
    if (connection->seat != nullptr) {
        const std::string message = room_state_message(connection->seat->room(), connection->seat->members());
        const std::string_view piece = message;
        stage_.sockets.emit(socket, {.event = "room_state", .args = {&piece, 1}});
    } else if (!connection->joining) {
        home->await_join(socket, *connection);
    }
    farewell_.meet(socket);
}

void Arrivals::on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    Connection* const connection = stage_.connection(event);
    if (connection != nullptr && !stage_.admit(event, *connection, ack.get())) return;
    const bool seated = connection != nullptr && connection->seat != nullptr;
    stage_.refuse(event.socket, connection, event.name, ack.get(),
                  seated ? error(Errc::not_found, "unknown_event", "There is no such event.") : not_in_room());
}

}  // namespace televisit::signaling
