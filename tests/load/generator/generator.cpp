#include "generator.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "failure.hpp"

namespace televisit::load {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr int kNotes = 10;  // a few examples are enough to start looking
// An address has some 28,000 ports for outgoing connections.
constexpr int kConnectionsPerSource = 20'000;

void allow_files(rlim_t wanted) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    limit.rlim_max = std::max(limit.rlim_max, wanted);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) throw call_failed("too few open files are allowed");
}

}  // namespace

Generator::Generator(const Options& options)
    : o_(options),
      tls_(options.tls ? tls_rules() : nullptr),
      connections_(static_cast<std::size_t>(options.connections)),
      read_buffer_(kReadBytes),
      messages_(static_cast<std::size_t>(options.payload_bytes), static_cast<std::size_t>(options.offer_bytes)) {
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1000UL);  // wakes within a microsecond of the schedule
    allow_files(connections_.size() + 64);
    server_.sin_family = AF_INET;
    server_.sin_port = htons(static_cast<in_port_t>(o_.port));
    if (inet_pton(AF_INET, o_.host.c_str(), &server_.sin_addr) != 1) throw Failure("--host wants an IPv4 address");
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) throw call_failed("epoll_create1");
    auto places =
        o_.token_file.empty() ? invented_places(connections_.size()) : read_places(o_.token_file, connections_.size());
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        connections_[i].index = i;
        connections_[i].place = std::move(places[i]);
    }
}

Generator::~Generator() {
    if (epoll_ >= 0) ::close(epoll_);
}

void Generator::start(Connection& c) {
    in_addr_t source = 0;
    const int sources = o_.sources > 0 ? o_.sources : 1 + (o_.connections - 1) / kConnectionsPerSource;
    if (sources > 1 && ntohl(server_.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET)
        source = htonl(INADDR_LOOPBACK + static_cast<in_addr_t>(c.index % static_cast<std::size_t>(sources)));
    auto server = server_;
    if (o_.other_port != 0 && c.index % 2 == 1) server.sin_port = htons(static_cast<in_port_t>(o_.other_port));
    c.wire.connect(server, source, tls_.get());
    c.state = Connection::State::connecting;
    joining_++;
    epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.ptr = &c}};
    c.wants_write = true;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.wire.fd(), &event) != 0) throw call_failed("epoll_ctl");
}

/// One round of events, for the first of which it waits until `time` at the latest.
void Generator::poll_until(Nanoseconds time) {
    std::array<epoll_event, 512> events;
    const Nanoseconds wait = std::max<Nanoseconds>(0, time - now());
    const timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
    const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    if (count < 0 && errno != EINTR) throw call_failed("epoll_pwait2");
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        Connection& c = *static_cast<Connection*>(event.data.ptr);
        if (c.state != Connection::State::closed && (event.events & EPOLLOUT)) on_writable(c);
        if (c.state > Connection::State::connecting && (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_readable(c);
    }
}

void Generator::watch_writable(Connection& c, bool on) {
    if (c.wants_write == on) return;
    c.wants_write = on;
    epoll_event event{.events = EPOLLIN | (on ? EPOLLOUT : 0u), .data = {.ptr = &c}};
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, c.wire.fd(), &event) != 0) throw call_failed("epoll_ctl");
}

void Generator::on_writable(Connection& c) {
    if (c.state == Connection::State::connecting) {
        if (const int error = c.wire.established(); error != 0) return drop(c, std::strerror(error));
        c.state = Connection::State::upgrading;
        watch_writable(c, false);
        return send_upgrade_request(c);
    }
    while (!c.output.empty()) {
        const ssize_t written = c.wire.write(c.output);
        if (written < 0) {
            if (errno != EAGAIN && errno != EINTR) drop(c, std::strerror(errno));
            return;
        }
        c.output.erase(0, static_cast<std::size_t>(written));
    }
    watch_writable(c, false);
}

void Generator::on_readable(Connection& c) {
    const ssize_t n = c.wire.read(read_buffer_);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        if (c.state == Connection::State::leaving) return end(c);
        return drop(c, n == 0 ? "closed by the server" : std::strerror(errno));
    }
    read_at_ = now();
    // The usual case, whole frames in one read, is handled where they were read.
    const bool in_place = c.input.empty();
    const std::string_view read(read_buffer_.data(), static_cast<std::size_t>(n));
    if (!in_place) c.input += read;
    const std::string_view data = in_place ? read : std::string_view(c.input);
    std::size_t used = 0;
    if (c.state == Connection::State::upgrading) used = consume_response(c, data);
    if (c.state > Connection::State::upgrading) used += consume_frames(c, data.substr(used));
    if (c.state == Connection::State::closed) return;
    if (in_place)
        c.input = data.substr(used);
    else
        c.input.erase(0, used);
}

void Generator::send_bytes(Connection& c, std::string_view bytes) {
    if (c.state == Connection::State::closed) return;
    if (c.output.empty()) {
        const ssize_t written = c.wire.write(bytes);
        if (written == static_cast<ssize_t>(bytes.size())) return;
        if (written < 0 && errno != EAGAIN && errno != EINTR) return drop(c, std::strerror(errno));
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        watch_writable(c, true);
    }
    c.output += bytes;
}

void Generator::send_frame(Connection& c, int opcode, std::string_view payload) {
    send_bytes(c, frames_.masked(opcode, payload));
}

void Generator::send_message(Connection& c, Nanoseconds stamp) {
    if (c.state != Connection::State::joined) return;
    figures_.counters.sent++;
    send_frame(c, opcode::kText, messages_.next(c, stamp));
}

/// The connection is over, as was meant.
void Generator::end(Connection& c) {
    c.wire.close();
    c.state = Connection::State::closed;
    c.input.clear();
    c.output.clear();
    c.in_fragments = false;
    ended_++;
}

/// The connection is over, and should not be.
void Generator::drop(Connection& c, std::string_view why) {
    if (phase_ == Phase::setup || o_.mode == Mode::cycle)
        throw Failure("connection " + std::to_string(c.index) + ": " + std::string(why));
    figures_.counters.drops++;
    note(c, why);
    c.wire.close();
    c.state = Connection::State::closed;
}

void Generator::note(const Connection& c, std::string_view what, std::string_view packet) {
    if (++notes_ > kNotes) return;
    std::string line = "sioload: connection " + std::to_string(c.index) + ": ";
    line += what;
    if (!packet.empty()) (line += ": ") += packet.substr(0, 200);
    std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace televisit::load
