#pragma once
/// Event loops, HTTP routes and WebSocket endpoints without a network.
/// **Threads**: one; a test plays every loop itself.

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "televisit/sdk/channel.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/testkit/manual_clock.hpp"

namespace televisit::testkit {

/// Loops whose tasks run when the test says so.
class FakeEventLoops final : public EventLoops {
  public:
    explicit FakeEventLoops(ManualClock& clock, LoopId count = 1) : clock_(clock), count_(count) {}

    LoopId count() const noexcept override { return count_; }
    std::optional<LoopId> current() const noexcept override { return current_; }
    bool post(LoopId loop, LoopTask task) override;
    bool after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) override;

    /// Runs what is due on any loop, also what it posts meanwhile, in the order of posting.
    std::size_t run_ready();
    /// Runs `work` as if on that loop, then what it posted.
    void on(LoopId loop, const std::function<void()>& work);
    void advance(Duration by);

  private:
    struct Task {
        SteadyTime at;
        std::uint64_t order;
        LoopId loop;
        LoopTask work;
    };
    void run_as(LoopId loop, const std::function<void()>& work);

    ManualClock& clock_;
    LoopId count_;
    std::optional<LoopId> current_;
    std::vector<Task> tasks_;
    std::uint64_t next_order_ = 0;
};

/// Keeps routes, and hands requests to their handlers.
class FakeRouter final : public HttpRouter {
  public:
    explicit FakeRouter(const Clock& clock) : clock_(clock) {}

    Result<void> add(HttpRoute route, HttpHandler& handler) override;
    Result<void> add_on_loop(HttpRoute route, HttpLoopHandler& handler) override;
    std::vector<HttpRoute> routes() const override;

    /// The answer of the route that matches method and path; 404 when there is none, 405 when only the method differs.
    /// `params`, `id` and `query` (from `raw_query`, undecoded) are filled in. A loop handler must answer before it
    /// returns; what does not is a 504 here, and its later answer is dropped.
    HttpResponse send(HttpRequest request);
    /// For loop handlers that answer later: the answer goes to `responder`. False when no loop route matches.
    bool send_on_loop(HttpRequest request, std::unique_ptr<HttpResponder> responder);

  private:
    struct Entry {
        HttpRoute route;
        HttpHandler* handler;
        HttpLoopHandler* loop_handler;
    };
    const Entry* find(HttpRequest& request, bool& path_known) const;
    Result<void> insert(Entry entry);

    const Clock& clock_;
    std::vector<Entry> entries_;
    std::size_t requests_ = 0;
};

/// A WebSocket as the plugin sees it, with what was sent on it for a test to look at.
class FakeChannel final : public Channel {
  public:
    struct Message {
        MessageKind kind;
        std::string payload;
    };

    explicit FakeChannel(LoopId loop) : loop_(loop) {}
    ~FakeChannel() override;

    LoopId loop() const noexcept override { return loop_; }
    SendResult send(MessageKind kind, std::span<const std::string_view> pieces) override;
    std::size_t queued_bytes() const noexcept override { return 0; }
    void close(std::uint16_t code, std::string_view reason) override;

    /// The peer sends a message.
    void receive(MessageKind kind, std::string_view payload);
    /// The connection ends; the listener is told, and destroyed.
    void disconnect(ChannelClose how = {});

    std::vector<Message> sent;
    std::optional<ChannelClose> closed;  ///< by the plugin

  private:
    friend class FakeChannelHub;
    LoopId loop_;
    std::unique_ptr<ChannelListener> listener_;
};

class FakeChannelHub final : public ChannelHub {
  public:
    Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor) override;

    /// A client opens a WebSocket there.
    Result<std::unique_ptr<FakeChannel>> connect(HttpRequest request);
    std::vector<ChannelRoute> routes() const;

  private:
    std::vector<std::pair<ChannelRoute, ChannelAcceptor*>> entries_;
};

}  // namespace televisit::testkit
