#pragma once
/// A connection that never waits: what is to be sent, and what has come, lies in buffers until the socket takes or
/// gives it. It speaks version 3 of the protocol, so that subscriptions and commands share it.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "resp.hpp"

namespace televisit::storage_redis {

/// Lets a thread that waits for a socket be called by others.
class WakeUp {
  public:
    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;
    /// **Threads**: any.
    void call() noexcept;
    void heard() noexcept;
    int descriptor() const noexcept { return descriptor_; }

  private:
    const int descriptor_;
};

/// **Threads**: one.
class BackplaneLink {
  public:
    /// **Blocks**: to the deadline. **Errors**: `unavailable`; the detail says why.
    static Result<std::unique_ptr<BackplaneLink>> open(const ConnectionSettings& settings, SteadyTime deadline);

    /// What is to be sent.
    std::string& out() noexcept { return out_; }
    /// Sends as much as goes. False when the connection is lost.
    bool send();
    /// Takes in what has come. False when the connection is lost, or holds what is too much for one value.
    bool receive();
    /// Waits until there is something to receive, or to send, or somebody calls.
    void wait(WakeUp& wake, SteadyTime until) const;

    /// The next value. Its views are valid until `receive` is called.
    RespRead next();

  private:
    explicit BackplaneLink(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
    bool make_place();

    const std::unique_ptr<Connection> connection_;
    std::string out_;
    std::size_t sent_ = 0;  // of out_
    std::string in_;
    std::size_t filled_ = 0;  // so many bytes of in_ have come
    std::size_t taken_ = 0;   // and so many of them were taken
};

}  // namespace televisit::storage_redis
