#include "wire.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "failure.hpp"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

namespace televisit::load {

std::unique_ptr<SSL_CTX, FreeTls> tls_rules() {
    std::unique_ptr<SSL_CTX, FreeTls> rules(SSL_CTX_new(TLS_client_method()));
    if (!rules) throw Failure("OpenSSL makes no context");
    // What waits is written again from where it lies by then.
    SSL_CTX_set_mode(rules.get(),
                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    return rules;
}

void Wire::connect(const sockaddr_in& server, in_addr_t source, SSL_CTX* tls) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) throw call_failed("socket (raise ulimit -n)");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (source != 0) {
        sockaddr_in from{};
        from.sin_family = AF_INET;
        from.sin_addr.s_addr = source;
        // The port is chosen when the destination is known, so that every address has all of them.
        ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) throw call_failed("bind");
    }
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 && errno != EINPROGRESS)
        throw call_failed("connect");
    if (!tls) return;
    tls_.reset(SSL_new(tls));
    if (!tls_ || SSL_set_fd(tls_.get(), fd_) != 1) throw Failure("OpenSSL makes no connection");
    SSL_set_connect_state(tls_.get());
}

int Wire::established() const {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

ssize_t Wire::outcome(int result, std::size_t count) const {
    if (result == 1) return static_cast<ssize_t>(count);
    const int why = SSL_get_error(tls_.get(), result);
    if (why == SSL_ERROR_ZERO_RETURN) return 0;
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

ssize_t Wire::read(std::span<char> into) {
    if (tls_) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
        return outcome(result, count);
    }
    return ::recv(fd_, into.data(), into.size(), 0);
}

ssize_t Wire::write(std::string_view bytes) {
    if (tls_) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
        return outcome(result, count);
    }
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Wire::close() {
    tls_.reset();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace televisit::load
