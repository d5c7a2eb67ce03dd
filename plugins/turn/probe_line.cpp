#include "probe_line.hpp"

#include <openssl/err.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "stun_codec.hpp"

namespace televisit::turn {

namespace {

/// Of one turn, so that a server that sends without an end does not keep the others waiting.
constexpr std::size_t kMostAtOnce = 16;
constexpr std::size_t kPiece = 2048;
constexpr std::size_t kMostBuffered = 64 * 1024 + 20;

ProbeFault fault_of(int number) {
    switch (number) {
        case ECONNREFUSED:
            return ProbeFault::refused;
        case ECONNRESET:
        case EPIPE:
            return ProbeFault::closed;
        case ETIMEDOUT:
            return ProbeFault::timed_out;
        default:
            return ProbeFault::unreachable;
    }
}

bool would_wait(int number) {
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR || number == EINPROGRESS;
}

bool is_secure(const IceUrl& url) {
    return url.scheme == IceScheme::turns || url.scheme == IceScheme::stuns;
}

}  // namespace

ProbeLine::ProbeLine(const IceUrl& url, const PeerAddress& to, const TlsClient& tls)
    : stream_(url.transport == Transport::tcp), tls_host_(is_secure(url) ? url.host : std::string()), tls_(tls) {
    const int kind = stream_ ? SOCK_STREAM : SOCK_DGRAM;
    socket_ = ::socket(to.storage.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        failed_ = ProbeFault::unreachable;
    else if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0 && !would_wait(errno))
        failed_ = fault_of(errno);
    linked_ = !stream_;
    connected_ = linked_;
}

ProbeLine::~ProbeLine() {
    session_.reset();
    if (socket_ >= 0) ::close(socket_);
}

short ProbeLine::interest() const noexcept {
    const bool writes = !linked_ || tls_wants_write_ || (connected_ && !unsent_.empty());
    return static_cast<short>(POLLIN | (writes ? POLLOUT : 0));
}

std::optional<ProbeFault> ProbeLine::connect_further() {
    if (!linked_) {
        pollfd ready{socket_, POLLOUT, 0};
        if (::poll(&ready, 1, 0) != 1) return std::nullopt;
        int number = 0;
        socklen_t size = sizeof number;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &number, &size);
        if (number != 0) return fault_of(number);
        linked_ = true;
        if (tls_host_.empty())
            connected_ = true;
        else
            session_ = tls_.session(socket_, tls_host_);
    }
    return connected_ ? std::nullopt : shake_hands();
}

std::optional<ProbeFault> ProbeLine::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    if (result == 1) {
        connected_ = true;
        tls_wants_write_ = false;
        return std::nullopt;
    }
    const int reason = SSL_get_error(session_.get(), result);
    ERR_clear_error();
    tls_wants_write_ = reason == SSL_ERROR_WANT_WRITE;
    if (tls_wants_write_ || reason == SSL_ERROR_WANT_READ) return std::nullopt;
    return tls_fault(*session_);
}

ProbeLine::Moved ProbeLine::outcome_of_tls(int result) {
    if (result > 0) return {static_cast<std::size_t>(result)};
    const int reason = SSL_get_error(session_.get(), result);
    ERR_clear_error();
    tls_wants_write_ = reason == SSL_ERROR_WANT_WRITE;
    if (tls_wants_write_ || reason == SSL_ERROR_WANT_READ) return {};
    return {0, ProbeFault::closed};
}

ProbeLine::Moved ProbeLine::write_some() {
    if (session_) {
        ERR_clear_error();
        return outcome_of_tls(SSL_write(session_.get(), unsent_.data(), static_cast<int>(unsent_.size())));
    }
    const auto size = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (size >= 0) return {static_cast<std::size_t>(size)};
    return would_wait(errno) ? Moved{} : Moved{0, fault_of(errno)};
}

ProbeLine::Moved ProbeLine::read_some(char* into, std::size_t room) {
    if (session_) {
        ERR_clear_error();
        return outcome_of_tls(SSL_read(session_.get(), into, static_cast<int>(room)));
    }
    const auto size = ::recv(socket_, into, room, 0);
    if (size > 0) return {static_cast<std::size_t>(size)};
    if (size == 0) return stream_ ? Moved{0, ProbeFault::closed} : Moved{};
    return would_wait(errno) ? Moved{} : Moved{0, fault_of(errno)};
}

void ProbeLine::receive(News& news) {
    std::array<char, kPiece> piece{};
    for (std::size_t i = 0; i < kMostAtOnce && !news.fault; ++i) {
        const auto moved = read_some(piece.data(), piece.size());
        news.fault = moved.fault;
        if (moved.bytes == 0) break;
        if (stream_)
            received_.append(piece.data(), moved.bytes);
        else
            news.messages.emplace_back(piece.data(), moved.bytes);
    }
    if (stream_) cut_messages(news);
}

void ProbeLine::cut_messages(News& news) {
    while (!received_.empty()) {
        const auto size = stun_frame(received_);
        if (!size || (*size == 0 && received_.size() > kMostBuffered)) {
            news.fault = ProbeFault::garbage;
            return;
        }
        if (*size == 0) return;
        news.messages.push_back(received_.substr(0, *size));
        received_.erase(0, *size);
    }
}

ProbeLine::News ProbeLine::advance() {
    News news;
    if (!failed_ && !connected_) failed_ = connect_further();
    news.fault = failed_;
    if (failed_ || !connected_) return news;
    while (!unsent_.empty()) {
        const auto moved = write_some();
        news.fault = moved.fault;
        if (moved.bytes == 0) break;
        unsent_.erase(0, moved.bytes);
    }
    if (!news.fault) receive(news);
    if (news.fault) failed_ = news.fault;
    return news;
}

}  // namespace televisit::turn
