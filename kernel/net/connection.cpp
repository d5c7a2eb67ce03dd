#include "net/connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "net/loop_state.hpp"
#include "net/server_core.hpp"

namespace televisit::net {
namespace {

constexpr std::size_t kSmallestRead = 2048;
constexpr std::size_t kLargestRead = 256 * 1024;

bool would_block() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Connection::Connection(int fd, Admission admission, std::unique_ptr<Transport> transport,
                       std::unique_ptr<Protocol> protocol)
    : admission_(std::move(admission)), fd_(fd), protocol_(std::move(protocol)), transport_(std::move(transport)) {}

Connection::~Connection() {
    if (!closed_) ::close(fd_);
}

bool Connection::attach(LoopState& loop) {
    loop_ = &loop;
    if (!loop.loop().watch(fd_, (reading_ ? EPOLLIN : 0u) | (writing_ ? EPOLLOUT : 0u), *this)) return false;
    protocol_->on_start(*this);
    const bool here = closed_ || in_.empty() || deliver_kept();
    if (here && ended_) end_input();
    return true;
}

void Connection::on_io(std::uint32_t events) {
    if (closed_) return;
    if (events & EPOLLOUT) flush();
    if (closed_ || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    if (reading_) {
        receive();
    } else if (events & (EPOLLHUP | EPOLLERR)) {
        abort();
    }
}

void Connection::receive() {
    if (lingering_) return discard();
    const bool in_place = in_.empty() && !transport_;
    const auto room = transport_ ? loop_->wire_buffer()
                      : in_place
                          ? loop_->read_buffer()
                          : in_.room(std::clamp(protocol_ ? protocol_->wanted() : 0, kSmallestRead, kLargestRead));
    const ssize_t count = ::recv(fd_, room.data(), room.size(), 0);
    if (count > 0) {
        const auto received = room.first(static_cast<std::size_t>(count));
        loop_->counters().bytes_in.add(received.size());
        if (transport_) return receive_through_transport(received);
        if (in_place) {
            deliver_in_place(received);
        } else {
            in_.grew(received.size());
            deliver_kept();
        }
        return;
    }
    if (count < 0 && would_block()) return;
    if (count < 0) return abort();
    ended_ = true;
    set_reading(false);
    end_input();
}

void Connection::receive_through_transport(std::span<const char> wire) {
    Buffer answer;
    const auto plain = loop_->read_buffer();
    const auto [count, state] = transport_->receive(wire, plain, answer);
    if (!answer.empty() && write_wire(answer.view(), {}, answer.size()) == WriteResult::failed) return abort();
    if (state == Transport::State::broken) {
        loop_->counters().protocol_errors.add();
        if (protocol_) protocol_->on_lost();
        return finish();
    }
    const bool last = state == Transport::State::ended;
    if (last) {
        ended_ = true;
        set_reading(false);
    }
    bool here = true;
    if (count > 0 && in_.empty()) {
        here = deliver_in_place(plain.first(count));
    } else if (count > 0) {
        in_.append({plain.data(), count});
        here = deliver_kept();
    }
    if (last && here) end_input();
}

// The peer wants our last word too, before the connection goes.
void Connection::end_input() {
    if (closed_ || finishing_) return;
    if (transport_ && out_.empty()) {
        Buffer wire;
        transport_->finish(wire);
        if (!wire.empty() && write_wire(wire.view(), {}, wire.size()) == WriteResult::failed) return abort();
    }
    if (protocol_) protocol_->on_end();
}

void Connection::discard() {
    const auto room = loop_->read_buffer();
    const ssize_t count = ::recv(fd_, room.data(), room.size(), 0);
    if (count == 0 || (count < 0 && !would_block())) close_now();
}

bool Connection::deliver_in_place(std::span<char> data) {
    const std::size_t used = deliver(data);
    if (!closed_ && !finishing_ && used < data.size()) in_.append({data.data() + used, data.size() - used});
    return !next_loop_ || move_to_next_loop();
}

bool Connection::deliver_kept() {
    if (delivering_) return true;
    const std::size_t used = deliver(in_.span());
    if (closed_ || finishing_) {
        in_.clear();
    } else {
        in_.consume(used);
    }
    return !next_loop_ || move_to_next_loop();
}

std::size_t Connection::deliver(std::span<char> data) {
    delivering_ = true;
    std::size_t used = 0;
    while (!closed_ && !finishing_ && !next_loop_) {
        const Protocol* const before = protocol_.get();
        used += protocol_->on_data(data.subspan(used));
        if (protocol_.get() == before || used == data.size()) break;
    }
    delivering_ = false;
    return used;
}

void Connection::resume() {
    if (closed_ || finishing_) return;
    if (!ended_) set_reading(true);
    if (!in_.empty()) deliver_kept();
}

void Connection::hand_over(std::unique_ptr<Protocol> next, LoopState* to) {
    loop_->retire(std::move(protocol_));
    protocol_ = std::move(next);
    if (to && to != loop_ && !doomed_) {
        next_loop_ = to;
        if (!delivering_) move_to_next_loop();
    } else {
        protocol_->on_start(*this);
    }
}

bool Connection::move_to_next_loop() {
    LoopState* const to = std::exchange(next_loop_, nullptr);
    if (closed_) return true;
    lift_deadline();
    loop_->loop().unwatch(fd_);
    // Shared, for a task must be copyable; a loop that drops the task closes the connection with it.
    auto moving = std::make_shared<std::unique_ptr<Connection>>(loop_->release(*this));
    to->loop().post([to, moving] { to->adopt(std::move(*moving)); });
    return false;
}

void Connection::abort() {
    if (closed_) return;
    if (protocol_) protocol_->on_lost();
    close_now();
}

void Connection::doom() {
    if (closed_ || doomed_) return;
    doomed_ = true;
    loop_->doom(*this);
}

void Connection::close_now() {
    if (closed_) return;
    closed_ = true;
    lift_deadline();
    ::close(fd_);  // which also ends its watch
    out_.clear();
    if (!delivering_) in_.clear();
    loop_->bury(*this);
}

void Connection::drain(bool by_force) {
    if (!closed_ && protocol_) protocol_->on_drain(by_force);
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
    loop_->loop().deadlines().arm(*this, loop_->loop().now() + from_now);
}

void Connection::lift_deadline() {
    loop_->loop().deadlines().lift(*this);
}

void Connection::on_deadline() {
    if (closed_) return;
    if (finishing_ || !protocol_) return close_now();
    protocol_->on_deadline();
}

void Connection::set_reading(bool on) {
    if (reading_ == on) return;
    reading_ = on;
    rewatch();
}

void Connection::set_writing(bool on) {
    if (writing_ == on) return;
    writing_ = on;
    rewatch();
}

void Connection::rewatch() {
    if (!closed_) loop_->loop().rewatch(fd_, (reading_ ? EPOLLIN : 0u) | (writing_ ? EPOLLOUT : 0u), *this);
}

}  // namespace televisit::net
