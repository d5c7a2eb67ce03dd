#pragma once
/// One connection to Redis, with its deadline. Poco's Redis types encode and decode over a socket of our own, for
/// Poco's client waits for each piece anew and cannot be used again after a failure.
///
/// A connection that has missed a deadline, lost its place in the stream, or leads to what has become a replica, is of
/// no use any more: every further call on it fails at once.

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "connection_settings.hpp"
#include "reply.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::storage_redis {

/// A command and its arguments, which are bytes.
using Words = std::span<const std::string_view>;

/// **Threads**: one at a time. **Blocks**: to the deadline, but for the look-up of a host's name.
class Connection {
  public:
    /// Connected, let in, in its database, and found fit. **Errors**: `unavailable`; the detail says why.
    static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings, SteadyTime deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Begins a call: until when what follows may take.
    void work_until(SteadyTime deadline) noexcept;

    /// Sends a command and waits for its reply.
    Reply call(Words words);
    Reply call(std::initializer_list<std::string_view> words) { return call(Words(words.begin(), words.size())); }

    /// The same in two steps, for several commands under way at once and for what Redis sends unasked. `send` gives the
    /// failure, or nothing; replies come in the order of the commands.
    FailureCode send(Words words);
    FailureCode send(std::initializer_list<std::string_view> words) { return send(Words(words.begin(), words.size())); }
    Reply receive();
    /// To wait for something to be received, together with others; of no use while `has_received()`.
    int descriptor() const noexcept;
    /// Whether bytes were read from the socket that no `receive` has taken yet.
    bool has_received() const noexcept;

    /// Whether it may be lent again: nothing is under way on it.
    bool reusable() const noexcept;
    /// Whether the other side is still there, as far as can be seen without asking it.
    bool alive() noexcept;
    /// Whether the call that has just failed on it may be made again on another one, if it changes nothing or says
    /// itself whether it has taken place: the connection was lost.
    bool worth_another_try() const noexcept;

  private:
    struct Stream;
    explicit Connection(std::unique_ptr<Stream> stream);
    FailureCode let_in(const ConnectionSettings& settings);
    FailureCode noted(FailureCode code);

    std::unique_ptr<Stream> stream_;
    std::size_t under_way_ = 0;  // commands without a reply yet
    FailureCode spoilt_{};       // why no command can follow on it
};

}  // namespace televisit::storage_redis
