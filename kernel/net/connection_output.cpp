// The writing half of a connection.
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/connection.hpp"
#include "net/loop_state.hpp"
#include "net/server_core.hpp"

namespace televisit::net {
namespace {

constexpr std::size_t kCopied = 4096;  // up to here one copy is cheaper than the kernel's walk over pieces

bool would_block() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

WriteResult Connection::write(std::string_view head, std::span<const std::string_view> pieces) {
    if (closed_ || doomed_ || lingering_) return WriteResult::failed;
    std::size_t total = head.size();
    for (const std::string_view piece : pieces) total += piece.size();
    return transport_ ? write_through_transport(head, pieces) : write_wire(head, pieces, total);
}

WriteResult Connection::write_through_transport(std::string_view head, std::span<const std::string_view> pieces) {
    if (!out_.empty()) return transport_->send(head, pieces, out_) ? WriteResult::queued : WriteResult::failed;
    Buffer wire;
    if (!transport_->send(head, pieces, wire)) return WriteResult::failed;
    return wire.empty() ? WriteResult::written : write_wire(wire.view(), {}, wire.size());
}

WriteResult Connection::write_wire(std::string_view head, std::span<const std::string_view> pieces, std::size_t total) {
    std::size_t gone = 0;
    if (out_.empty()) {
        const std::ptrdiff_t sent = send_now(head, pieces, total);
        if (sent < 0) return WriteResult::failed;
        gone = static_cast<std::size_t>(sent);
        loop_->counters().bytes_out.add(gone);
        if (gone == total) return WriteResult::written;
        set_writing(true);
    }
    out_.room(total - gone);
    const auto keep = [&](std::string_view piece) {
        const std::size_t skipped = std::min(gone, piece.size());
        gone -= skipped;
        out_.append(piece.substr(skipped));
    };
    keep(head);
    for (const std::string_view piece : pieces) keep(piece);
    return WriteResult::queued;
}

std::ptrdiff_t Connection::send_now(std::string_view head, std::span<const std::string_view> pieces,
                                    std::size_t total) noexcept {
    ssize_t sent = 0;
    if (total <= kCopied) {
        std::array<char, kCopied> copy;
        char* end = std::copy(head.begin(), head.end(), copy.data());
        for (const std::string_view piece : pieces) end = std::copy(piece.begin(), piece.end(), end);
        sent = ::send(fd_, copy.data(), total, MSG_NOSIGNAL);
    } else {
        // What does not fit into the vector is left for the queue, as if the socket had not taken it.
        std::array<iovec, 16> vector;
        std::size_t count = 0;
        const auto add = [&](std::string_view piece) {
            if (!piece.empty() && count < vector.size())
                vector[count++] = {const_cast<char*>(piece.data()), piece.size()};
        };
        add(head);
        for (const std::string_view piece : pieces) add(piece);
        msghdr message{};
        message.msg_iov = vector.data();
        message.msg_iovlen = count;
        sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    }
    return sent < 0 && would_block() ? 0 : sent;
}

void Connection::flush() {
    if (!out_.empty()) {
        const ssize_t sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && would_block()) return;
        if (sent < 0) return abort();
        loop_->counters().bytes_out.add(static_cast<std::size_t>(sent));
        out_.consume(static_cast<std::size_t>(sent));
        if (!out_.empty()) return;
    }
    set_writing(false);
    if (finishing_) {
        end_output();
    } else if (protocol_) {
        protocol_->on_flushed();
    }
}

void Connection::finish() {
    if (closed_ || finishing_) return;
    finishing_ = true;
    loop_->retire(std::move(protocol_));
    if (!delivering_) in_.clear();
    if (transport_) {
        Buffer wire;
        transport_->finish(wire);
        if (!wire.empty() && write_wire(wire.view(), {}, wire.size()) == WriteResult::failed) return close_now();
    }
    const auto& timeouts = loop_->core().options().timeouts;
    set_deadline(out_.empty() ? timeouts.linger : timeouts.write);
    if (out_.empty()) end_output();
}

// Closing a socket that holds unread bytes resets the connection, and the peer may lose our last words: so the sending
// side is closed first, and what the peer still sends is thrown away, for a while.
void Connection::end_output() {
    ::shutdown(fd_, SHUT_WR);
    if (ended_) return close_now();
    lingering_ = true;
    set_reading(true);
    set_deadline(loop_->core().options().timeouts.linger);
}

}  // namespace televisit::net
