#include "daemon/net_frontend.hpp"

#include "net/event_loop.hpp"

namespace televisit::loader {

struct LoopAccount {
    net::TaskLabel label;
};

}  // namespace televisit::loader

namespace televisit::daemon {

NetFrontend::NetFrontend(net::Server& server) : server_(server) {}
NetFrontend::~NetFrontend() = default;

Result<void> NetFrontend::add(HttpRoute route, HttpLoopHandler& handler, std::string owner) {
    return server_.add(std::move(route), handler, std::move(owner));
}

Result<void> NetFrontend::add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner) {
    return server_.add(std::move(route), acceptor, std::move(owner));
}

std::unique_ptr<EventLoops> NetFrontend::loops_for(std::string owner) {
    return server_.loops().charged_to(std::move(owner));
}

const loader::LoopAccount& NetFrontend::account_of(const std::string& owner) {
    const std::lock_guard lock(mutex_);
    accounts_.push_back({{owner, "event"}});
    return accounts_.back();
}

void NetFrontend::charge(const loader::LoopAccount& account) noexcept {
    if (net::EventLoop* const loop = net::EventLoop::current()) loop->attribute(account.label);
}

void NetFrontend::quiesce() {
    for (std::size_t id = 0; id < server_.loops().size(); ++id) server_.loops().run_on(static_cast<LoopId>(id), [] {});
}

}  // namespace televisit::daemon
