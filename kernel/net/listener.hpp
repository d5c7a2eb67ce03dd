#pragma once
/// A listening socket on one event loop.

#include <memory>
#include <string>

#include "net/event_loop.hpp"
#include "net/server_options.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::net {

class ServerCore;

/// **Threads**: made and closed from any; accepts on its loop. Shared with the timer that resumes it after a pause.
class Listener final : public IoHandler, public std::enable_shared_from_this<Listener> {
  public:
    /// Binds and listens, and accepts nothing yet. **Errors**: `conflict` when the address is in use; `invalid` when it
    /// cannot be resolved or is not ours; `forbidden` when binding needs a privilege. All name the address.
    static Result<std::shared_ptr<Listener>> open(ServerCore& core, EventLoop& loop, ListenerOptions options);
    ~Listener();

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    ListenerKind kind() const noexcept { return options_.kind; }
    /// On its loop.
    bool begin();
    /// On its loop, or when that has ended. Idempotent.
    void close() noexcept;
    std::uint64_t pauses() const noexcept { return pauses_.load(std::memory_order_relaxed); }

    void on_io(std::uint32_t events) override;

  private:
    Listener(ServerCore& core, EventLoop& loop, ListenerOptions options, int fd, Endpoint endpoint);
    void pause();

    ServerCore& core_;
    EventLoop& loop_;
    const ListenerOptions options_;
    int fd_;
    const Endpoint endpoint_;
    std::atomic<std::uint64_t> pauses_{0};
};

}  // namespace televisit::net
