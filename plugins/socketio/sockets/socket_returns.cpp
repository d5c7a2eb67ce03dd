/// Sockets that lose their connections, and clients that come back for them.
#include <algorithm>
#include <utility>

#include "sockets/client.hpp"
#include "sockets/far_link.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

/// The server's own decision is final; anything else may have happened to a client that means to stay.
bool may_be_healed(SocketClose close) noexcept {
    return close == SocketClose::transport_close || close == SocketClose::ping_timeout;
}

}  // namespace

void SocketLoop::connection_lost(Socket& socket, SocketClose close) {
    if (socket.said_farewell()) return end_now(socket, SocketClose::client_disconnect);
    const bool room = figures_->away.get() < settings().max_away;
    if (socket.recovery() == nullptr || !may_be_healed(close) || !room) return end_now(socket, close);
    wait_away(socket, close);
}

void SocketLoop::wait_away(Socket& socket, SocketClose close) {
    if (Client* const client = socket.client()) client->remove(socket);
    socket.forget_connection();
    Recovery& recovery = *socket.recovery();
    recovery.away = std::make_unique<Away>(socket, close);
    const SteadyTime due = context_.clock.steady_now() + socket.place().recovery_time;
    away_[socket.place().index].add(*recovery.away, due);
    arm(due);
    figures_->connected.subtract();
    figures_->away.add();
    if (EventLog* const log = recovery.log.get(); log != nullptr) {
        if (log->bytes() > settings().away_bytes - std::min(settings().away_bytes, figures_->kept_bytes.get())) {
            figures_->not_kept.add();
            *log = EventLog(log->last());
        }
        count_kept(recovery);
    }
    socket.give_up_acks();
    if (socket.open) socket.place().listener.on_interrupted(socket.key(), close);
}

bool SocketLoop::keep(Recovery& recovery, std::span<const std::string_view> packet,
                      std::span<const std::string_view> attachments) {
    const std::size_t total = figures_->kept_bytes.get();
    const std::size_t room = recovery.away->kept + settings().away_bytes - std::min(settings().away_bytes, total);
    const std::size_t bytes = std::min(settings().recovery_bytes, room);
    const bool kept = !recovery.log->append(packet, attachments, {bytes, bytes, settings().recovery_events}).empty();
    if (!kept) figures_->not_kept.add();
    count_kept(recovery);
    return kept;
}

void SocketLoop::count_kept(Recovery& recovery) noexcept {
    figures_->kept_bytes.subtract(recovery.away->kept);
    recovery.away->kept = recovery.log->bytes();
    figures_->kept_bytes.add(recovery.away->kept);
}

void SocketLoop::end_away(const Away& away) noexcept {
    figures_->away.subtract();
    figures_->kept_bytes.subtract(away.kept);
}

/// Compares in constant time: a pid is a secret.
Socket* SocketLoop::claimed(const NamespaceName& name, const Claim& claim) noexcept {
    const auto place = place_of_pid(claim.pid);
    if (!place || place->loop != id_ || place->slot >= slots_.size()) return nullptr;
    Socket* const socket = slots_[place->slot].socket.get();
    if (socket == nullptr || !socket->open || socket->recovery() == nullptr || &socket->name() != &name) return nullptr;
    return context_.secrets.equal(socket->recovery()->pid.view(), claim.pid) ? socket : nullptr;
}

Socket* SocketLoop::claimed(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake) {
    Socket* const socket = claimed(name, claim);
    if (socket == nullptr || socket->said_farewell()) return nullptr;
    if (name.place.listener.on_returning(socket->key(), handshake)) return claimed(name, claim);
    if (claimed(name, claim) != socket) return nullptr;
    const auto close = socket->is_away() ? socket->recovery()->away->close : SocketClose::transport_close;
    socket->detach();
    end_now(*socket, close);
    return nullptr;
}

bool SocketLoop::give_back(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake,
                           Client& to) {
    Socket* const socket = claimed(name, claim, handshake);
    if (socket == nullptr) return false;
    socket->detach();
    socket->attach(to);
    to.adopt(*socket);
    welcome_back(*socket, claim);
    return true;
}

bool SocketLoop::give_back(const NamespaceName& name, const Claim& claim, const SocketHandshake& handshake,
                           const std::shared_ptr<FarLink>& to) {
    Socket* const socket = claimed(name, claim, handshake);
    if (socket == nullptr) return false;
    socket->detach();
    to->key = socket->key();
    socket->attach(to);
    welcome_back(*socket, claim);
    return true;
}

void SocketLoop::welcome_back(Socket& socket, const Claim& claim) {
    Recovery& recovery = *socket.recovery();
    if (recovery.away != nullptr) {
        end_away(*recovery.away);
        recovery.away.reset();
        figures_->connected.add();
    }
    auto number = OffsetText::read(socket.sid(), claim.offset);
    if (number && !socket.can_replay(*number)) number.reset();
    if (!number) {
        const std::uint32_t index = socket.key().slot();
        socket.begin_anew(random_sid(context_.secrets), random_pid(context_.secrets, id_, index));
    }
    (number ? figures_->returned_whole : figures_->returned_behind).add();
    socket.welcome_back(number);
    socket.place().listener.on_returned(socket.key(), socket.sid(),
                                        number ? SocketReturn::complete : SocketReturn::behind);
}

}  // namespace televisit::socketio
