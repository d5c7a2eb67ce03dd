#pragma once
/// The loader's frontend over the real transport.

#include <deque>
#include <mutex>

#include "loader/frontend.hpp"
#include "net/server.hpp"

namespace televisit::daemon {

/// **Threads**: any. **Owns**: nothing; the server must outlive it.
class NetFrontend final : public loader::Frontend {
  public:
    explicit NetFrontend(net::Server& server);
    ~NetFrontend() override;

    Result<void> add(HttpRoute route, HttpLoopHandler& handler, std::string owner) override;
    Result<void> add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner) override;
    std::vector<HttpRoute> routes() const override { return server_.routes(); }
    void remove(std::string_view owner) override { server_.remove(owner); }
    std::unique_ptr<EventLoops> loops_for(std::string owner) override;
    bool on_loop() const noexcept override { return net::EventLoop::current() != nullptr; }
    const loader::LoopAccount& account_of(const std::string& owner) override;
    void charge(const loader::LoopAccount& account) noexcept override;
    void quiesce() override;

  private:
    net::Server& server_;
    std::mutex mutex_;
    std::deque<loader::LoopAccount> accounts_;  // guarded by mutex_; never shrinks: loops refer to it
};

}  // namespace televisit::daemon
