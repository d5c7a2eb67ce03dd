#include "net/server.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>

#include "net/listener.hpp"
#include "net/server_core.hpp"

namespace televisit::net {
namespace {

constexpr std::chrono::milliseconds kCutInterval{100};
constexpr std::chrono::seconds kLastPatience{10};

// Drops what is left of a listener, and what is still on its way from loop to loop, until told that nothing is.
void cut_until(ServerCore& core, ListenerKind kind, const std::shared_ptr<std::atomic<bool>>& done) {
    if (done->load()) return;
    core.abort_all(kind);
    core.loops().after(core.loops().admin(), kCutInterval, [&core, kind, done] { cut_until(core, kind, done); });
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, ServerHooks hooks, const Clock& clock) {
    auto proxies = TrustedProxies::parse(options.trusted_proxies);
    if (!proxies) return std::move(proxies).error();
    CorsPolicy cors(options.cors_origins, options.cors_max_age);
    try {
        return std::unique_ptr<Server>(new Server(std::make_unique<ServerCore>(
            std::move(options), std::move(hooks), clock, std::move(cors), std::move(proxies).value())));
    } catch (const std::system_error& failure) {
        return error(Errc::unavailable, "no_event_loop", std::string("cannot make an event loop: ") + failure.what());
    }
}

Server::Server(std::unique_ptr<ServerCore> core) : core_(std::move(core)) {}

Server::~Server() {
    stop();
}

Result<void> Server::add(HttpRoute route, HttpLoopHandler& handler, std::string owner) {
    return core_->router().add(std::move(route), handler, std::move(owner));
}

Result<void> Server::add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner) {
    return core_->router().add(std::move(route), acceptor, std::move(owner));
}

void Server::remove(std::string_view owner) {
    core_->router().remove(owner);
    for (std::size_t id = 0; id < core_->loops().size(); ++id) core_->loops().run_on(static_cast<LoopId>(id), [] {});
}

std::vector<HttpRoute> Server::routes() const {
    return core_->router().routes();
}

EventLoopGroup& Server::loops() noexcept {
    return core_->loops();
}

void Server::start() {
    const std::lock_guard lock(mutex_);
    if (started_ || stopped_) return;
    started_ = true;
    core_->loops().start();
}

Result<Endpoint> Server::listen(ListenerOptions options) {
    const bool admin = options.kind == ListenerKind::admin_listener;
    const LoopId id = admin ? core_->loops().admin() : LoopId{0};
    auto listener = Listener::open(*core_, core_->loops().loop(id), std::move(options));
    if (!listener) return std::move(listener).error();
    const Endpoint endpoint = (*listener)->endpoint();
    {
        const std::lock_guard lock(mutex_);
        if (!started_ || stopped_) return error(Errc::unavailable, "not_running", "the server's loops do not run");
        listeners_.push_back(*listener);
    }
    bool begun = false;
    core_->loops().run_on(id, [&] { begun = (*listener)->begin(); });
    if (begun) return endpoint;
    const std::lock_guard lock(mutex_);
    std::erase(listeners_, *listener);
    return error(Errc::unavailable, "cannot_watch", "cannot watch " + endpoint.address);
}

std::vector<Endpoint> Server::endpoints(ListenerKind kind) const {
    const std::lock_guard lock(mutex_);
    std::vector<Endpoint> endpoints;
    for (const auto& listener : listeners_)
        if (listener->kind() == kind) endpoints.push_back(listener->endpoint());
    return endpoints;
}

void Server::stop_accepting(ListenerKind kind) {
    std::vector<std::shared_ptr<Listener>> closing;
    {
        const std::lock_guard lock(mutex_);
        const auto kept = std::stable_partition(listeners_.begin(), listeners_.end(),
                                                [&](const auto& listener) { return listener->kind() != kind; });
        closing.assign(kept, listeners_.end());
        listeners_.erase(kept, listeners_.end());
    }
    const LoopId loop = kind == ListenerKind::admin_listener ? core_->loops().admin() : LoopId{0};
    for (const auto& listener : closing)
        if (!core_->loops().run_on(loop, [&] { listener->close(); })) listener->close();
}

bool Server::drain(ListenerKind kind, std::chrono::milliseconds patience) {
    stop_accepting(kind);
    const auto done = std::make_shared<std::atomic<bool>>(false);
    const auto forced = std::make_shared<std::atomic<bool>>(false);
    ServerCore& core = *core_;
    const auto& timeouts = core.options().timeouts;
    const LoopId timer = core.loops().admin();
    core.loops().after(timer, patience, [&core, kind, done, forced] {
        if (done->load()) return;
        forced->store(true);
        core.drain(kind, true);
    });
    const auto last = patience + timeouts.close_handshake;
    core.loops().after(timer, last, [&core, kind, done] { cut_until(core, kind, done); });
    // Only a handler that never comes back can keep its connections beyond this.
    core.loops().after(timer, last + kLastPatience, [&core, done] {
        if (!done->load()) core.give_up_waiting();
    });
    // With the deadlines set: they count from before anybody can notice.
    core.drain(kind, false);
    const bool empty = core.wait_until_empty(kind);
    done->store(true);
    return empty && !forced->load();
}

void Server::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopped_, true)) return;
    }
    for (const ListenerKind kind : {ListenerKind::public_listener, ListenerKind::admin_listener}) {
        stop_accepting(kind);
        core_->begin_stop();
        core_->abort_all(kind);
    }
    core_->loops().stop();
}

ServerSnapshot Server::snapshot() const {
    ServerSnapshot snapshot;
    for (std::size_t id = 0; id < core_->loops().size(); ++id) {
        const auto loop_id = static_cast<LoopId>(id);
        LoopSnapshot loop = read(core_->state(loop_id).counters());
        loop.name = id < core_->loops().count() ? std::to_string(id) : "admin";
        loop.busy_micros = core_->loops().loop(loop_id).busy_micros();
        loop.handler_faults += core_->loops().loop(loop_id).task_faults();
        loop.slow_steps = core_->loops().loop(loop_id).slow_steps();
        loop.posted = core_->loops().loop(loop_id).posted();
        loop.wakeups = core_->loops().loop(loop_id).wakeups();
        snapshot.loops.push_back(std::move(loop));
    }
    snapshot.routes = core_->router().counters();
    for (const Limit limit : kLimits)
        snapshot.limits_met[static_cast<std::size_t>(limit)] = core_->limits().read(limit);
    const std::lock_guard lock(mutex_);
    for (const auto& listener : listeners_) snapshot.accept_pauses += listener->pauses();
    return snapshot;
}

}  // namespace televisit::net
