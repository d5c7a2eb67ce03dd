#include "sockets/far_link.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sockets/client.hpp"
#include "sockets/emission.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

std::string joined(std::span<const std::string_view> pieces) {
    std::string text;
    for (const auto piece : pieces) text += piece;
    return text;
}

/// A packet on its way to the socket's loop. Shared, because tasks must be copyable.
struct CarriedPacket {
    std::string text;
    SocketPacket packet;  ///< its payload is `text`
    std::vector<std::string> attachments;
};

}  // namespace

FarLink::FarLink(std::shared_ptr<SocketLoop> home, std::shared_ptr<SocketLoop> there, Client& client,
                 const NamespaceName& name)
    : home_(std::move(home)), there_(std::move(there)), name_(name), client_(&client) {}

FarLink::~FarLink() = default;

template <class Work>
void FarLink::at_client(Work work) {
    there_->hand_over(
        [self = shared_from_this(), work = std::move(work)](SocketLoop&) {
            if (self->client_ != nullptr) work(*self, *self->client_);
        },
        home_.get());
}

template <class Work>
void FarLink::at_socket(Work work) {
    home_->hand_over(
        [self = shared_from_this(), work = std::move(work)](SocketLoop& home) {
            Socket* const socket = home.find(self->key);
            if (socket != nullptr && socket->open && socket->is_linked_by(*self)) work(home, *socket);
        },
        there_.get());
}

void FarLink::send(std::uint64_t number, std::span<const std::string_view> packet,
                   std::span<const std::string_view> attachments) {
    at_client([number, text = joined(packet), attachments = copies_of(attachments)](FarLink& self, Client& client) {
        if (number > 0) self.sent_ = number;
        const std::string_view piece = text;
        client.send_whole({&piece, 1}, views_of(attachments));
    });
}

void FarLink::send_again(std::uint64_t number, MessageKind kind, std::string_view data) {
    at_client([number, kind, data = std::string(data)](FarLink& self, Client& client) {
        self.sent_ = number;
        client.send(kind, data);
    });
}

void FarLink::send_disconnect() {
    at_client([](FarLink& self, Client& client) { client.send_disconnect(self.name_.name); });
}

void FarLink::open(std::string_view connect_answer) {
    at_client([answer = std::string(connect_answer)](FarLink& self, Client& client) {
        self.open_ = true;
        client.answer_connect(self.name_, answer);
    });
}

void FarLink::refuse(std::string_view auth) {
    at_client([auth = std::string(auth)](FarLink& self, Client& client) {
        self.client_ = nullptr;
        client.connect_anew(self, auth);
    });
}

void FarLink::close(CloseCause cause) {
    at_client([cause](FarLink&, Client& client) { client.session().close(cause); });
}

void FarLink::let_go() {
    at_client([](FarLink& self, Client& client) { client.let_go(self); });
}

void FarLink::deliver(const SocketPacket& packet, std::span<const std::string_view> attachments) {
    const auto carried =
        std::make_shared<CarriedPacket>(CarriedPacket{std::string(packet.payload), packet, copies_of(attachments)});
    at_socket([carried](SocketLoop&, Socket& socket) {
        SocketPacket arrived = carried->packet;
        arrived.nsp = socket.nsp();
        arrived.payload = carried->text;
        socket.on_packet(arrived, views_of(carried->attachments));
    });
}

void FarLink::on_pong() {
    if (pinged_ == 0) return;
    at_socket([number = std::exchange(pinged_, 0)](SocketLoop&, Socket& socket) { socket.confirm(number); });
}

void FarLink::put_out() {
    at_socket([](SocketLoop& home, Socket& socket) { home.put_out(socket); });
}

void FarLink::lost(SocketClose close) {
    at_socket([close](SocketLoop& home, Socket& socket) { home.connection_lost(socket, close); });
}

}  // namespace televisit::socketio
