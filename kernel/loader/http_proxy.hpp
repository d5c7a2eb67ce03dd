#pragma once
/// The router as one plugin sees it: its worker handlers run on its own pool.

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "loader/frontend.hpp"
#include "runtime/guard.hpp"
#include "runtime/worker_pool.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::loader {

/// What the adapters of one plugin share.
struct PluginBorder {
    runtime::WorkerPool& pool;
    runtime::Guard& guard;
    const Clock& clock;
    Frontend& frontend;
    std::chrono::milliseconds deadline;  ///< for handlers whose route says nothing
    bool loop;                           ///< whether configuration grants loop handlers
    const LoopAccount& account;
    std::atomic<bool> open{true};  ///< false once the plugin is being stopped: its code is not called any more

    /// The loop's time is this plugin's from now on.
    void charge_loop() noexcept { frontend.charge(account); }
};

/// What a plugin without `loop: true` is told.
Error loop_not_granted(const std::string& plugin, std::string_view what);

/// A worker handler as the transport's loops see it: hands each request to the pool. A full pool is answered 503, what
/// the handler throws 500; the deadline is the transport's to keep, and a request that waited beyond it is not begun.
/// **Threads**: any loop. **Blocks**: never.
class WorkerRoute final : public HttpLoopHandler {
  public:
    WorkerRoute(HttpHandler& handler, PluginBorder& border, std::chrono::milliseconds deadline, std::string name);
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override;

  private:
    struct Exchange;
    void work(Exchange& exchange) const;

    HttpHandler& handler_;
    PluginBorder& border_;
    const std::chrono::milliseconds deadline_;
    const std::string name_;
};

/// A loop handler behind the border: not called once its plugin is being stopped. What it throws is caught by the
/// transport, which tells who.
class LoopRoute final : public HttpLoopHandler {
  public:
    LoopRoute(HttpLoopHandler& handler, const PluginBorder& border) : handler_(handler), border_(border) {}
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override;

  private:
    HttpLoopHandler& handler_;
    const PluginBorder& border_;
};

/// **Threads**: `add…` from the plugin's `start()`, `routes` from any.
class HttpRouterProxy final : public HttpRouter {
  public:
    explicit HttpRouterProxy(PluginBorder& border) : border_(border) {}
    Result<void> add(HttpRoute route, HttpHandler& handler) override;
    Result<void> add_on_loop(HttpRoute route, HttpLoopHandler& handler) override;
    std::vector<HttpRoute> routes() const override { return border_.frontend.routes(); }

  private:
    Result<void> add_adapter(HttpRoute route, std::unique_ptr<HttpLoopHandler> adapter);

    PluginBorder& border_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<HttpLoopHandler>> adapters_;  // guarded by mutex_
};

class ChannelHubProxy final : public ChannelHub {
  public:
    explicit ChannelHubProxy(PluginBorder& border) : border_(border) {}
    Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor) override;

  private:
    PluginBorder& border_;
};

}  // namespace televisit::loader
