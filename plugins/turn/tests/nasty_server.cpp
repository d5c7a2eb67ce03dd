#include "nasty_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace televisit::turn::testing {

NastyServer::NastyServer(Transport transport, Answer answer) : answer_(std::move(answer)) {
    const bool stream = transport == Transport::tcp;
    socket_ = ::socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, raw, size) != 0 || ::getsockname(socket_, raw, &size) != 0 ||
        (stream && ::listen(socket_, 16) != 0) || ::pipe(stop_) != 0)
        throw std::runtime_error("no socket for a server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, stream] { stream ? serve_connections() : serve_datagrams(); });
}

NastyServer::~NastyServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(socket_);
}

void NastyServer::serve_datagrams() {
    std::array<pollfd, 2> sockets{{{socket_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    while (::poll(sockets.data(), sockets.size(), -1) > 0 && sockets[1].revents == 0) {
        std::array<char, 2048> piece{};
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const auto got = ::recvfrom(socket_, piece.data(), piece.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0) continue;
        const auto text = answer_({piece.data(), static_cast<std::size_t>(got)});
        if (!text.empty()) ::sendto(socket_, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
}

void NastyServer::serve_connections() {
    std::vector<pollfd> sockets{{socket_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    while (::poll(sockets.data(), sockets.size(), -1) > 0 && sockets[1].revents == 0) {
        for (std::size_t i = 2; i < sockets.size(); ++i) {
            if (sockets[i].revents == 0) continue;
            std::array<char, 2048> piece{};
            const auto got = ::recv(sockets[i].fd, piece.data(), piece.size(), 0);
            const auto text = got > 0 ? answer_({piece.data(), static_cast<std::size_t>(got)}) : std::string();
            if (!text.empty()) ::send(sockets[i].fd, text.data(), text.size(), MSG_NOSIGNAL);
            if (got > 0 && text != "close") continue;
            ::close(sockets[i].fd);
            sockets[i].fd = -1;
        }
        if (sockets[0].revents != 0) sockets.push_back({::accept(socket_, nullptr, nullptr), POLLIN, 0});
    }
    for (std::size_t i = 2; i < sockets.size(); ++i)
        if (sockets[i].fd >= 0) ::close(sockets[i].fd);
}

}  // namespace televisit::turn::testing
