#pragma once
/// What the connections of one event loop share.

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/counters.hpp"
#include "net/event_loop.hpp"
#include "televisit/sdk/channel.hpp"

namespace televisit::net {

class Connection;
class Protocol;
class ServerCore;

/// **Threads**: its loop's only, but for the counters. **Owns**: the loop's connections, until the end of the turn in
/// which they close: nothing that is still on the stack, or still to come in this turn's events, can name one that is
/// gone.
class LoopState {
  public:
    LoopState(ServerCore& core, EventLoop& loop);
    ~LoopState();
    LoopState(const LoopState&) = delete;
    LoopState& operator=(const LoopState&) = delete;

    ServerCore& core() noexcept { return core_; }
    EventLoop& loop() noexcept { return loop_; }
    LoopCounters& counters() noexcept { return counters_; }
    /// Where sockets are read into; `kInputPadding` bytes more lie behind it.
    std::span<char> read_buffer() noexcept { return {read_buffer_->data(), kReadSize}; }

    /// Where the bytes of encrypted sockets are read into; smaller, so that `read_buffer` holds what becomes of them.
    std::span<char> wire_buffer() noexcept { return {wire_buffer_.get(), kWireSize}; }

    void adopt(std::unique_ptr<Connection> connection);
    /// Takes a connection out, to bury it or to give it to another loop.
    std::unique_ptr<Connection> release(Connection& connection);
    void bury(Connection& connection);
    void retire(std::unique_ptr<Protocol> protocol);
    /// Aborts the connection at the end of the turn: from within a call that must not call back.
    void doom(Connection& connection) { doomed_.push_back(&connection); }

    std::vector<Connection*> connections() const;
    /// The Date field, renewed each second.
    std::string_view date();
    std::string next_request_id();

  private:
    static constexpr std::size_t kReadSize = 64 * 1024;
    static constexpr std::size_t kWireSize = 32 * 1024;
    void end_turn();

    ServerCore& core_;
    EventLoop& loop_;
    LoopCounters counters_;
    std::unique_ptr<std::array<char, kReadSize + kInputPadding>> read_buffer_;
    std::unique_ptr<char[]> wire_buffer_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<Connection*> doomed_;
    std::vector<std::unique_ptr<Connection>> buried_;
    std::vector<std::unique_ptr<Protocol>> retired_;
    std::string date_;
    std::int64_t date_second_ = 0;
    std::uint64_t last_id_ = 0;
};

}  // namespace televisit::net
