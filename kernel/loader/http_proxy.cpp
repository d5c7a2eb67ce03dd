#include "loader/http_proxy.hpp"

#include "net/problem.hpp"

namespace televisit::loader {
namespace {

HttpResponse busy() {
    return net::problem(error(Errc::unavailable, "The server is busy. Please try again."));
}

}  // namespace

Error loop_not_granted(const std::string& plugin, std::string_view what) {
    return error(
        Errc::forbidden, "loop_not_granted",
        "plugin '" + plugin + "' asks for " + std::string(what) +
            " on the event loops: grant it with `loop: true` in its entry under `plugins`, if it never blocks");
}

struct WorkerRoute::Exchange {
    Exchange(HttpRequest r, std::unique_ptr<HttpResponder> to, SteadyTime until)
        : request(std::move(r)), responder(std::move(to)), deadline(until) {}
    /// Also when the pool drops it.
    ~Exchange() {
        if (responder) responder->respond(busy());
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    void respond(HttpResponse response) { std::exchange(responder, nullptr)->respond(std::move(response)); }

    HttpRequest request;
    std::unique_ptr<HttpResponder> responder;
    SteadyTime deadline;
};

WorkerRoute::WorkerRoute(HttpHandler& handler, PluginBorder& border, std::chrono::milliseconds deadline,
                         std::string name)
    : handler_(handler), border_(border), deadline_(deadline), name_(std::move(name)) {}

void WorkerRoute::handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) {
    // Shared because a pool's task must be copyable; a refused or dropped task answers from the destructor.
    auto exchange =
        std::make_shared<Exchange>(std::move(request), std::move(responder), border_.clock.steady_now() + deadline_);
    if (!border_.open.load(std::memory_order_acquire)) return;
    static_cast<void>(border_.pool.post([this, exchange = std::move(exchange)] { work(*exchange); }));
}

void WorkerRoute::work(Exchange& exchange) const {
    if (!border_.open.load(std::memory_order_acquire) || border_.clock.steady_now() >= exchange.deadline) return;
    const CallContext context{exchange.deadline, exchange.request.id};
    HttpResponse response;
    const bool answered = border_.guard.run(name_, [&] { response = handler_.handle(exchange.request, context); });
    exchange.respond(answered ? std::move(response)
                              : net::problem(error(Errc::internal, "Something went wrong on the server.")));
}

void LoopRoute::handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) {
    if (border_.open.load(std::memory_order_acquire))
        handler_.handle(std::move(request), std::move(responder));
    else
        responder->respond(busy());
}

Result<void> HttpRouterProxy::add(HttpRoute route, HttpHandler& handler) {
    if (route.deadline.count() == 0) route.deadline = border_.deadline;
    auto adapter = std::make_unique<WorkerRoute>(handler, border_, route.deadline, "route " + route.name);
    return add_adapter(std::move(route), std::move(adapter));
}

Result<void> HttpRouterProxy::add_on_loop(HttpRoute route, HttpLoopHandler& handler) {
    if (!border_.loop) return loop_not_granted(border_.guard.plugin(), "route " + route.name);
    return add_adapter(std::move(route), std::make_unique<LoopRoute>(handler, border_));
}

Result<void> HttpRouterProxy::add_adapter(HttpRoute route, std::unique_ptr<HttpLoopHandler> adapter) {
    HttpLoopHandler& added = *adapter;
    {
        const std::lock_guard lock(mutex_);
        adapters_.push_back(std::move(adapter));  // kept even when refused: nothing refers to it then
    }
    return border_.frontend.add(std::move(route), added, border_.guard.plugin());
}

Result<void> ChannelHubProxy::add(ChannelRoute route, ChannelAcceptor& acceptor) {
    if (!border_.loop) return loop_not_granted(border_.guard.plugin(), "channel " + route.name);
    return border_.frontend.add(std::move(route), acceptor, border_.guard.plugin());
}

}  // namespace televisit::loader
