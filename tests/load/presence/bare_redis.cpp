#include "bare_redis.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>

namespace televisit::load {
namespace {

int connect_to(const sockaddr* address, socklen_t size) {
    const int fd = ::socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0 || ::connect(fd, address, size) != 0) throw std::runtime_error("cannot connect to Redis");
    return fd;
}

int open(const std::string& place) {
    if (place.starts_with('/')) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        place.copy(address.sun_path, sizeof address.sun_path - 1);
        return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(place)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

bool is_whole(std::string_view reply) {
    const auto line = reply.find("\r\n");
    if (line == std::string_view::npos) return false;
    if (reply[0] != '$' || reply[1] == '-') return true;
    return reply.size() >= line + 4 + std::stoul(std::string(reply.substr(1, line - 1)));
}

}  // namespace

BareRedis::BareRedis(const std::string& place) : socket_(open(place)) {}
BareRedis::~BareRedis() {
    ::close(socket_);
}

std::string BareRedis::call(std::initializer_list<std::string_view> words) {
    command_ = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto word : words)
        command_.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
    if (::send(socket_, command_.data(), command_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(command_.size()))
        throw std::runtime_error("Redis does not listen");
    reply_.clear();
    char piece[16'384];
    do {
        const auto size = ::recv(socket_, piece, sizeof piece, 0);
        if (size <= 0) throw std::runtime_error("Redis does not answer");
        reply_.append(piece, static_cast<std::size_t>(size));
    } while (!is_whole(reply_));
    if (reply_[0] == '-') throw std::runtime_error(reply_);
    return reply_[0] == '$' ? reply_.substr(reply_.find('\n') + 1) : reply_.substr(1);
}

}  // namespace televisit::load
