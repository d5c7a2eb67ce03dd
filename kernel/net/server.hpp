#pragma once
/// The server's transport as its host sees it: register, start, listen, drain, stop.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/counters.hpp"
#include "net/event_loop_group.hpp"
#include "net/server_options.hpp"
#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net {

class Listener;
class ServerCore;

/// HTTP and WebSocket on public and admin listeners. A row of calls: `create`, `start` (loops run, nothing listens),
/// `add` and `listen` in any order and at any time, `drain`, `stop`. **Threads**: any but an event loop, unless a
/// member says otherwise.
/// **Owns**: handlers and acceptors stay their plugins', and must live until `remove` of their owner, or `stop`, has
/// returned; responders must be gone before the server is.
class Server {
  public:
    /// **Errors**: `invalid` for an entry of `trusted_proxies` that is no address; `unavailable` when the system gives
    /// no loop.
    static Result<std::unique_ptr<Server>> create(ServerOptions options, ServerHooks hooks, const Clock& clock);
    ~Server();

    /// Worker handlers come in as a loop handler that hands them to a pool. `owner` is the plugin's id, for logs and
    /// counters.
    /// **Errors**: `invalid` for a bad pattern, `conflict` for a route taken. **Threads**: any.
    Result<void> add(HttpRoute route, HttpLoopHandler& handler, std::string owner);
    Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner);
    /// Serves nothing of `owner` any more. **Blocks** until no loop is within one of its handlers or acceptors. Open
    /// channels stay: drain first.
    void remove(std::string_view owner);
    /// What is served. **Threads**: any.
    std::vector<HttpRoute> routes() const;

    /// For plugins, and for the host to charge what a plugin posts to it (`charged_to`). **Threads**: any.
    EventLoopGroup& loops() noexcept;

    void start();
    /// **Errors**: `conflict` (in use), `invalid` (not resolved, not ours), `forbidden`; the message names the address.
    Result<Endpoint> listen(ListenerOptions options);
    std::vector<Endpoint> endpoints(ListenerKind kind) const;

    /// Takes in no new connections there. Idempotent.
    void stop_accepting(ListenerKind kind);
    /// Stops accepting; closes idle connections, and others after their answer. Channels are their plugins' to close;
    /// after `patience` those left are closed with 1001, requests are answered 503; who ignores that is cut after the
    /// close handshake's time. **Blocks** until none is left. Returns whether all left by themselves.
    bool drain(ListenerKind kind, std::chrono::milliseconds patience);
    /// Cuts what is left, and ends the loops. Idempotent. **Blocks** until the loops have ended.
    void stop();

    /// **Threads**: any. **Blocks**: never for long.
    ServerSnapshot snapshot() const;

  private:
    explicit Server(std::unique_ptr<ServerCore> core);

    std::unique_ptr<ServerCore> core_;
    mutable std::mutex mutex_;
    /// Guarded by mutex_. Shared with a paused listener's timer.
    std::vector<std::shared_ptr<Listener>> listeners_;
    bool started_ = false;
    bool stopped_ = false;
};

}  // namespace televisit::net
