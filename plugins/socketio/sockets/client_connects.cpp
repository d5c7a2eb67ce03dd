/// How a client gets its sockets: CONNECT, by itself or for one that it has had.
#include <utility>

#include "json/slice.hpp"
#include "json/text.hpp"
#include "sockets/client.hpp"
#include "sockets/connecting.hpp"
#include "sockets/far_link.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

/// What CONNECT's payload says of recovery.
struct AuthFields {
    std::string_view pid, offset, recovery;  ///< JSON; empty when absent
};

AuthFields read_auth(std::string_view auth) {
    if (!json::is_object(auth)) return {};
    const auto [pid, offset, recovery] = json::find_members<3>(auth, {"pid", "offset", "recovery"});
    return {pid, offset, recovery};
}

std::optional<Claim> claim_in(std::string_view auth) {
    const AuthFields fields = read_auth(auth);
    if (!json::is_string(fields.pid)) return std::nullopt;
    std::string scratch;
    Claim claim;
    claim.pid = json::text_of(fields.pid, scratch);
    if (json::is_string(fields.offset)) claim.offset = json::text_of(fields.offset, scratch);
    return claim;
}

}  // namespace

void Client::connect(const SocketPacket& packet) {
    if (find(packet.nsp) != nullptr || find_far(packet.nsp) != nullptr || is_connecting(packet.nsp)) return malformed();
    const auto found = names_.names.find(packet.nsp);
    if (found == names_.names.end()) return refuse(packet.nsp, "Invalid namespace", {});
    const NamespaceName& name = *found->second;
    const std::size_t waiting = connecting_ == nullptr ? 0 : connecting_->size();
    if (socket_count_ + far_sockets_.size() + waiting >= home_.settings().max_namespaces)
        return refuse(name.name, "Too many namespaces", "too_many_namespaces");
    if (auto claim = claim_in(packet.payload); claim && wants_recovery(packet.payload)) {
        const auto place = place_of_pid(claim->pid);
        if (place && place->loop != home_.id() && home_.neighbour(place->loop) != nullptr)
            return ask_far(name, place->loop, *std::move(claim), packet.payload);
        const HandshakeFields fields = handshake_.read();
        const SocketHandshake handshake{name.name, packet.payload, fields.query, fields.headers, fields.remote_address};
        if (place && home_.give_back(name, *claim, handshake, *this)) return;
        home_.figures().not_returned.add();
    }
    connect_anew(name, packet.payload);
}

void Client::connect_anew(const NamespaceName& name, std::string_view auth) {
    const bool recoverable = name.place.recovery_time.count() > 0 && wants_recovery(auth);
    Socket* const made = home_.make(*this, name, recoverable);
    if (made == nullptr) return refuse(name.name, "The server is full", "unavailable");
    if (name.place.middleware.empty()) return finish_connect(*made, auth);
    if (connecting_ == nullptr) connecting_ = std::make_unique<std::vector<std::shared_ptr<Connecting>>>();
    const auto one = std::make_shared<Connecting>(home_.shared_from_this(), *this, *made, auth);
    connecting_->push_back(one);
    one->go_on();
}

bool Client::is_connecting(std::string_view nsp) const noexcept {
    return connecting_ != nullptr && std::any_of(connecting_->begin(), connecting_->end(),
                                                 [&](const auto& one) { return one->socket().nsp() == nsp; });
}

void Client::settle(Connecting& connecting, const Result<void>& verdict) {
    const auto kept = connecting.shared_from_this();
    std::erase(*connecting_, kept);
    if (connecting_->empty()) connecting_.reset();
    if (verdict) return finish_connect(kept->socket(), kept->auth());
    home_.figures().refused.add();
    refuse(kept->socket().nsp(), verdict.error().message, verdict.error().name());
    kept->abandon();
}

void Client::finish_connect(Socket& socket, std::string_view auth) {
    const NamespaceName& name = socket.name();
    const HandshakeFields fields = handshake_.read();
    const SocketHandshake handshake{name.name, auth, fields.query, fields.headers, fields.remote_address};
    if (const auto allowed = name.place.listener.on_connecting(socket.key(), socket.sid(), handshake); !allowed) {
        home_.figures().refused.add();
        name.place.tell_gone(socket.key());
        home_.unmake(socket);
        return refuse(name.name, allowed.error().message, allowed.error().name());
    }
    adopt(socket);
    answer_connect(name, socket.connect_answer());
    home_.opened(socket);
    name.place.listener.on_connected(socket.key(), socket.sid(), home_.id(), handshake);
}

/// The socket's loop answers: `FarLink::open` when the client may have it, else `connect_anew`.
void Client::ask_far(const NamespaceName& name, LoopId loop, Claim claim, std::string_view auth) {
    const auto there = home_.neighbour(loop);
    const auto link = std::make_shared<FarLink>(there, home_.shared_from_this(), *this, name);
    far_sockets_.push_back(link);
    there->gate().post(
        loop, [there, link, &name, claim = std::move(claim), auth = std::string(auth), fields = handshake_.read()] {
            const SocketHandshake handshake{name.name, auth, fields.query, fields.headers, fields.remote_address};
            if (there->give_back(name, claim, handshake, link)) return;
            there->figures().not_returned.add();
            link->refuse(auth);
        });
}

void Client::connect_anew(const FarLink& link, std::string_view auth) {
    const NamespaceName& name = link.name();
    std::erase_if(far_sockets_, [&](const auto& one) { return one.get() == &link; });
    connect_anew(name, auth);
}

bool Client::wants_recovery(std::string_view auth) const {
    const std::string_view said = read_auth(auth).recovery;
    if (wish_ == RecoveryWish::no || said == "false") return false;
    return wish_ == RecoveryWish::yes || said == "true" || home_.settings().recovery;
}

void Client::answer_connect(const NamespaceName& name, std::string_view answer) {
    std::erase(left_, std::string_view(name.name));
    unconnected_.leave();
    send_head(SocketPacketType::connect, name.name, answer);
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

}  // namespace televisit::socketio
