#include "net/listener.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "net/server_core.hpp"

namespace televisit::net {
namespace {

constexpr int kAcceptedAtOnce = 64;
constexpr std::chrono::milliseconds kPause{100};

/// A socket being set up; closes itself unless released.
struct OpenSocket {
    int fd;
    ~OpenSocket() {
        if (fd >= 0) ::close(fd);
    }
    int release() noexcept { return std::exchange(fd, -1); }
};

Error failure(int code, const std::string& where) {
    if (code == EADDRINUSE)
        return error(Errc::conflict, "address_in_use", "cannot listen on " + where + ": it is in use");
    if (code == EACCES || code == EPERM)
        return error(Errc::forbidden, "address_forbidden", "cannot listen on " + where + ": not permitted");
    return error(Errc::invalid, "cannot_listen",
                 "cannot listen on " + where + ": " + std::generic_category().message(code));
}

std::string describe(const sockaddr_storage& address, std::uint16_t port) {
    const std::string text = IpAddress::of(address).text();
    return (address.ss_family == AF_INET6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

std::uint16_t port_of(const sockaddr_storage& address) noexcept {
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

struct Bound {
    int fd;
    Endpoint endpoint;
};

Result<Bound> bind_tcp(const ListenerOptions& options) {
    std::string host = options.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const std::string where = options.host + ":" + std::to_string(options.port);
    Poco::Net::SocketAddress address;
    try {
        address = Poco::Net::SocketAddress(host, options.port);
    } catch (const Poco::Exception&) {
        return error(Errc::invalid, "unknown_host", "cannot listen on " + where + ": the host is not known");
    }
    OpenSocket socket{::socket(address.af(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.fd < 0) return failure(errno, where);
    // Never SO_REUSEPORT: two servers would share the port, and split the rooms between them.
    const int on = 1;
    ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.fd, address.addr(), address.length()) != 0) return failure(errno, where);
    if (::listen(socket.fd, options.backlog) != 0) return failure(errno, where);
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    ::getsockname(socket.fd, reinterpret_cast<sockaddr*>(&bound), &length);
    const std::uint16_t port = port_of(bound);
    return Bound{socket.release(), {describe(bound, port), port}};
}

// A socket file that nobody listens on is what a killed server left behind.
void remove_if_stale(const sockaddr_un& address) noexcept {
    const OpenSocket probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (::connect(probe.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED)
        ::unlink(address.sun_path);
}

Result<Bound> bind_unix(const ListenerOptions& options) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options.unix_path.size() >= sizeof address.sun_path)
        return error(Errc::invalid, "path_too_long",
                     "cannot listen on " + options.unix_path + ": the path is too long");
    std::memcpy(address.sun_path, options.unix_path.c_str(), options.unix_path.size() + 1);
    remove_if_stale(address);
    OpenSocket socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.fd < 0) return failure(errno, options.unix_path);
    // The file takes its mode from the socket: it is never there with a wider one.
    ::fchmod(socket.fd, S_IRUSR | S_IWUSR);
    if (::bind(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failure(errno, options.unix_path);
    if (::listen(socket.fd, options.backlog) != 0) return failure(errno, options.unix_path);
    return Bound{socket.release(), {options.unix_path, 0}};
}

}  // namespace

Result<std::shared_ptr<Listener>> Listener::open(ServerCore& core, EventLoop& loop, ListenerOptions options) {
    auto bound = options.unix_path.empty() ? bind_tcp(options) : bind_unix(options);
    if (!bound) return std::move(bound).error();
    return std::shared_ptr<Listener>(
        new Listener(core, loop, std::move(options), bound->fd, std::move(bound->endpoint)));
}

Listener::Listener(ServerCore& core, EventLoop& loop, ListenerOptions options, int fd, Endpoint endpoint)
    : core_(core), loop_(loop), options_(std::move(options)), fd_(fd), endpoint_(std::move(endpoint)) {}

Listener::~Listener() {
    close();
}

bool Listener::begin() {
    return fd_ >= 0 && loop_.watch(fd_, EPOLLIN, *this);
}

void Listener::close() noexcept {
    if (fd_ < 0) return;
    ::close(std::exchange(fd_, -1));
    if (!options_.unix_path.empty()) ::unlink(options_.unix_path.c_str());
}

void Listener::on_io(std::uint32_t) {
    for (int i = 0; i < kAcceptedAtOnce && fd_ >= 0; ++i) {
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        const int fd = ::accept4(fd_, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) pause();
            if (errno == ECONNABORTED || errno == EINTR) continue;
            return;
        }
        if (options_.unix_path.empty()) {
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        Peer peer;
        peer.address = IpAddress::of(from);
        peer.listener = options_.kind;
        peer.secure = options_.secure;
        core_.take_in(fd, peer, options_);
    }
}

// No descriptor is left: the backlog keeps what comes, and trying on at once would only burn the processor.
void Listener::pause() {
    pauses_.fetch_add(1, std::memory_order_relaxed);
    loop_.rewatch(fd_, 0, *this);
    loop_.after(kPause, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && self->fd_ >= 0) self->loop_.rewatch(self->fd_, EPOLLIN, *self);
    });
}

}  // namespace televisit::net
