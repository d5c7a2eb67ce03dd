/// floor: what a signaling relay costs when it does nothing but relay, the yardstick of real servers.
///
///     floor [PORT]      on 127.0.0.1 (default port 8086), until SIGTERM or SIGINT
///
/// It speaks just enough WebSocket, Engine.IO 4 and Socket.IO 5 for `sioload` to join rooms of two. From then on every
/// data frame goes to the partner as it came: no JSON, no names of events, no checks of content. A message costs
///   - one recv and one send, and a share of one epoll_wait; level-triggered, so no recv that only finds the socket
///   empty;
///   - unmasking where it was received; the new head is written into the four bytes that the mask leaves free, so
///   nothing
///     is copied;
///   - no allocation, no queue, no timer, one thread.
/// It could be beaten only by other system calls (io_uring), or by putting several messages for one receiver into one
/// send, which pays when many are in flight on a connection and not otherwise.
///
/// Memory is bounded without a queue. A connection keeps input only while a frame or a request is incomplete, at most
/// kMaxPayload and one read more. It keeps no output: a socket that cannot take a whole frame at once is that of a
/// reader who has stopped reading, and is closed.
///
/// No authentication, no deadlines, no heartbeat: it announces a ping interval of a day.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "web_socket.hpp"

namespace televisit::load {
namespace {

constexpr std::size_t kMaxPayload = 1'000'000;  // announced to clients as maxPayload
constexpr std::size_t kMaxRequest = 8192;
constexpr std::size_t kReadSize = 65536;

[[noreturn]] void die(const char* what) {
    std::fprintf(stderr, "floor: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

struct Connection;
using Room = std::pair<const std::string, std::array<Connection*, 2>>;  // a node of the room map

struct Connection {
    explicit Connection(int descriptor) : fd(descriptor) {}
    ~Connection() { close(fd); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    const int fd;
    bool upgraded = false;
    Room* room = nullptr;
    Connection* partner = nullptr;
    std::uint64_t id = 0;
    std::string pending;  // bytes of an unfinished request or frame
};

class Floor {
  public:
    explicit Floor(std::uint16_t port);
    ~Floor();
    Floor(const Floor&) = delete;
    Floor& operator=(const Floor&) = delete;
    void run();

  private:
    void watch(int fd, int operation, std::uint32_t events);
    void accept_some();
    void drop(Connection& c);
    bool on_readable(Connection& c);
    std::optional<std::size_t> consume_request(Connection& c, std::string_view data);
    std::optional<std::size_t> consume_frames(Connection& c, char* data, std::size_t size);
    void on_packet(Connection& c, std::string_view packet);
    void join(Connection& c, std::string_view packet);
    void send_text(Connection& c, std::string_view text);
    void send_whole(Connection& c, const char* data, std::size_t size);

    int epoll_ = -1;
    int signals_ = -1;
    int listener_ = -1;
    bool accepting_ = true;
    std::uint64_t last_id_ = 0;
    std::vector<std::unique_ptr<Connection>> connections_;  // by file descriptor
    std::unordered_map<std::string, std::array<Connection*, 2>> rooms_;
    std::array<char, kReadSize> buffer_;
};

Floor::Floor(std::uint16_t port) {
    rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) die("epoll_create1");

    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    signals_ = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals_ < 0) die("signalfd");
    watch(signals_, EPOLL_CTL_ADD, EPOLLIN);

    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener_ < 0) die("socket");
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("bind");
    if (listen(listener_, 4096) != 0) die("listen");
    watch(listener_, EPOLL_CTL_ADD, EPOLLIN);
}

Floor::~Floor() {
    close(listener_);
    close(signals_);
    close(epoll_);
}

void Floor::watch(int fd, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, operation, fd, &event) != 0) die("epoll_ctl");
}

void Floor::run() {
    std::array<epoll_event, 512> events;
    for (;;) {
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == signals_) return;
            if (fd == listener_) {
                accept_some();
            } else {
                // A connection is dropped in its own event only, and has one event a round: no
                // event that is still to come can name a connection that is gone.
                Connection& c = *connections_[static_cast<std::size_t>(fd)];
                if (!on_readable(c)) drop(c);
            }
        }
    }
}

void Floor::accept_some() {
    for (int i = 0; i < 64; ++i) {
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                accepting_ = false;  // until a connection goes: trying on would only burn CPU
                watch(listener_, EPOLL_CTL_MOD, 0);
            }
            return;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
        connections_[static_cast<std::size_t>(fd)] = std::make_unique<Connection>(fd);
        connections_[static_cast<std::size_t>(fd)]->id = ++last_id_;
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

void Floor::drop(Connection& c) {
    if (c.partner) c.partner->partner = nullptr;
    if (c.room) {
        auto& members = c.room->second;
        std::replace(members.begin(), members.end(), &c, static_cast<Connection*>(nullptr));
        if (!members[0] && !members[1]) rooms_.erase(rooms_.find(c.room->first));
    }
    connections_[static_cast<std::size_t>(c.fd)].reset();
    if (!accepting_) {
        accepting_ = true;
        watch(listener_, EPOLL_CTL_MOD, EPOLLIN);
    }
}

/// Takes what the socket holds. False: the connection is to be dropped.
bool Floor::on_readable(Connection& c) {
    const ssize_t n = recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);

    // Whole frames, the usual case, are handled where they were received.
    const bool fresh = c.pending.empty();
    if (!fresh) c.pending.append(buffer_.data(), static_cast<std::size_t>(n));
    char* const data = fresh ? buffer_.data() : c.pending.data();
    const std::size_t size = fresh ? static_cast<std::size_t>(n) : c.pending.size();

    std::size_t used = 0;
    if (!c.upgraded) {
        const auto request = consume_request(c, {data, size});
        if (!request) return false;
        used = *request;
    }
    if (c.upgraded) {
        const auto frames = consume_frames(c, data + used, size - used);
        if (!frames) return false;
        used += *frames;
    }

    if (used == size) {
        if (!fresh) std::string().swap(c.pending);
    } else if (fresh) {
        c.pending.assign(data + used, size - used);
    } else {
        c.pending.erase(0, used);
    }
    return true;
}

/// Answers a complete upgrade request. Returns the bytes it took (0: incomplete), nothing on a bad one.
std::optional<std::size_t> Floor::consume_request(Connection& c, std::string_view data) {
    const std::size_t end = data.substr(0, kMaxRequest).find("\r\n\r\n");
    if (end == std::string_view::npos) return data.size() < kMaxRequest ? std::optional<std::size_t>(0) : std::nullopt;
    const std::string_view request = data.substr(0, end + 2);
    const std::string_view target = request.substr(0, request.find("\r\n"));
    const std::string_view key = header_value(request, "Sec-WebSocket-Key");
    if (!target.starts_with("GET /socket.io/?") || target.find("transport=websocket") == std::string_view::npos ||
        key.empty()) {
        constexpr std::string_view kRefusal =
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        send_whole(c, kRefusal.data(), kRefusal.size());
        return std::nullopt;
    }
    const std::string reply =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_value(key) + "\r\n\r\n";
    send_whole(c, reply.data(), reply.size());
    c.upgraded = true;
    send_text(c, "0{\"sid\":\"e" + std::to_string(c.id) +
                     "\",\"upgrades\":[],\"pingInterval\":86400000,\"pingTimeout\":20000,\"maxPayload\":" +
                     std::to_string(kMaxPayload) + "}");
    return end + 4;
}

/// Handles the complete frames at the front of `data`. Returns the bytes they took, nothing when the
/// connection ends here: a close frame, or one that breaks the protocol.
std::optional<std::size_t> Floor::consume_frames(Connection& c, char* data, std::size_t size) {
    std::size_t at = 0;
    while (size - at >= 2) {
        const auto* head = reinterpret_cast<const unsigned char*>(data + at);
        std::size_t payload_size = head[1] & 0x7f;
        const std::size_t digits = payload_size < 126 ? 0 : payload_size == 126 ? 2 : 8;
        const std::size_t head_size = 2 + digits + 4;
        if (!(head[1] & 0x80) || (head[0] & 0x70)) return std::nullopt;  // not masked; unknown extension
        if (size - at < head_size) break;
        if (digits > 0) payload_size = 0;
        for (std::size_t i = 0; i < digits; ++i) payload_size = payload_size << 8 | head[2 + i];
        if (payload_size > kMaxPayload) return std::nullopt;
        if (size - at - head_size < payload_size) break;

        char* const payload = data + at + head_size;
        const unsigned char first = head[0];
        const int opcode = first & 0x0f;
        unmask(payload, payload_size, payload - 4);
        at += head_size + payload_size;

        if (opcode <= 2) {
            if (c.partner) {
                const char* const frame = put_head_before(payload, first, payload_size);
                send_whole(*c.partner, frame, static_cast<std::size_t>(payload + payload_size - frame));
            } else if (!c.room) {
                on_packet(c, {payload, payload_size});
            }
        } else if (opcode == 9) {
            const char* const frame = put_head_before(payload, 0x8a, payload_size);
            send_whole(c, frame, static_cast<std::size_t>(payload + payload_size - frame));
        } else if (opcode != 10) {
            return std::nullopt;
        }
    }
    return at;
}

/// The few Engine.IO and Socket.IO packets that come before a room is joined.
void Floor::on_packet(Connection& c, std::string_view packet) {
    if (packet == "2")
        send_text(c, "3");
    else if (packet.starts_with("40"))
        send_text(c, "40{\"sid\":\"s" + std::to_string(c.id) + "\"}");
    else if (packet.starts_with("42[\"join_room\""))
        join(c, packet);
}

void Floor::join(Connection& c, std::string_view packet) {
    constexpr std::string_view kKey = "\"room_id\":\"";
    const std::size_t key = packet.find(kKey);
    const std::size_t from = key + kKey.size();
    const std::size_t end = key == std::string_view::npos ? key : packet.find('"', from);
    if (end == std::string_view::npos) return send_text(c, "42[\"error\",{\"message\":\"room_id is required\"}]");

    const std::string name(packet.substr(from, end - from));
    Room& room = *rooms_.try_emplace(name).first;
    auto& members = room.second;
    const auto seat = std::find(members.begin(), members.end(), nullptr);
    if (seat == members.end()) return send_text(c, "42[\"error\",{\"message\":\"room is full\"}]");
    *seat = &c;
    c.room = &room;
    c.partner = members[seat == members.begin() ? 1 : 0];
    if (c.partner) c.partner->partner = &c;

    const std::string peer = "\"peer_id\":\"s" + std::to_string(c.id) + "\"";
    send_text(c, "42[\"joined_room\",{\"room_id\":\"" + name + "\"," + peer +
                     ",\"participants_count\":" + (c.partner ? "2" : "1") + "}]");
    if (c.partner) send_text(*c.partner, "42[\"user_joined\",{" + peer + "}]");
}

void Floor::send_text(Connection& c, std::string_view text) {
    std::string frame(10, '\0');
    frame += text;
    const char* const head = put_head_before(frame.data() + 10, 0x81, text.size());
    send_whole(c, head, static_cast<std::size_t>(frame.data() + frame.size() - head));
}

/// Sends all or ends the connection: half a frame cannot be taken back, and nothing is queued.
void Floor::send_whole(Connection& c, const char* data, std::size_t size) {
    if (send(c.fd, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size)) return;
    shutdown(c.fd, SHUT_RDWR);  // its own event, which this causes, drops it
}

}  // namespace
}  // namespace televisit::load

int main(int argc, char** argv) {
    const int port = argc > 1 ? std::atoi(argv[1]) : 8086;
    if (argc > 2 || port < 1 || port > 65535) {
        std::fputs("usage: floor [PORT]\n", stderr);
        return 1;
    }
    // On the heap, for the size of its buffer.
    std::make_unique<televisit::load::Floor>(static_cast<std::uint16_t>(port))->run();
}
