// The way of a complete request to its handler, or into a channel.
#include <algorithm>
#include <optional>

#include "net/channel_session.hpp"
#include "net/guard.hpp"
#include "net/http_session.hpp"
#include "net/problem.hpp"
#include "net/ws_handshake.hpp"

namespace televisit::net {
namespace {

std::chrono::milliseconds or_default(std::chrono::milliseconds value, std::chrono::milliseconds otherwise) {
    return value.count() > 0 ? value : otherwise;
}

}  // namespace

void HttpSession::route(const HttpHead& head, HttpRequest request) {
    if (head.asterisk) return answer_self({204, {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}, {}});
    RouteMatch match = loop().core().router().find(peer_.listener, request.path);
    if (!match.place) return answer_self(problem(404, "not_found", "There is nothing here."));
    const RoutePlace& place = *match.place;
    if (head.upgrade_websocket && place.channel)
        return upgrade(*place.channel, head, std::move(request), std::move(match));
    if (RouteEntry* const entry = route_for(place, request.method))
        return dispatch(*entry, std::move(request), std::move(match));
    if (request.method == HttpMethod::options) return route_options(place, std::move(request), std::move(match));
    const bool only_channel =
        place.channel && std::all_of(place.methods.begin(), place.methods.end(), [](const auto* one) { return !one; });
    if (only_channel && request.method == HttpMethod::get)
        return answer_self(problem({426, "upgrade_required", "Only WebSocket is spoken here."}));
    exchange_->allowed = allowed_methods(place);
    answer_self(problem(405, "method_not_allowed", "This method is not served here."));
}

// OPTIONS without a handler of its own: a preflight, or the plain question which methods there are.
void HttpSession::route_options(const RoutePlace& place, HttpRequest request, RouteMatch match) {
    const std::string_view wanted = request.header("Access-Control-Request-Method");
    RouteEntry* asked = nullptr;
    for (RouteEntry* const entry : place.methods) {
        if (!entry) continue;
        const bool exact = to_string(entry->route.method) == wanted;
        if (!asked || exact) asked = entry;
        if (exact) break;
    }
    if (asked && asked->route.cors == CorsMode::handler) return dispatch(*asked, std::move(request), std::move(match));
    HttpResponse response{204, {{"Allow", allowed_methods(place)}}, {}};
    exchange_->cors = CorsMode::none;
    std::vector<HttpHeader> cors;
    if (asked && asked->route.cors == CorsMode::configured && !wanted.empty())
        loop().core().cors().add_to_preflight(exchange_->origin, allowed_methods(place), cors);
    response.headers.insert(response.headers.end(), cors.begin(), cors.end());
    answer_self(std::move(response));
}

void HttpSession::dispatch(RouteEntry& entry, HttpRequest request, RouteMatch match) {
    exchange_->entry = &entry;
    exchange_->cors = entry.route.cors;
    bind_params(entry, match.params);
    request.params = std::move(match.params);
    if (request.method == HttpMethod::head) request.method = entry.route.method;
    connection_->set_deadline(or_default(entry.route.deadline, options().timeouts.answer));
    // Kept in a variable: the handler may be served by then, and this session in its next request.
    const auto exchange = exchange_;
    guarded(loop(), entry.label,
            [&] { entry.handler->handle(std::move(request), std::make_unique<ExchangeResponder>(exchange)); });
}

void HttpSession::upgrade(RouteEntry& entry, const HttpHead& head, HttpRequest request, RouteMatch match) {
    exchange_->entry = &entry;
    if (const HttpFault fault = check_handshake(head, request)) return answer_self(problem(fault));
    const std::string& origin = exchange_->origin;
    if (!entry.channel.any_origin && !origin.empty() && !loop().core().cors().allows(origin) &&
        !same_host(origin, request.origin))
        return answer_self(problem(403, "origin_not_allowed", "Pages of this origin may not connect."));
    if (loop().core().draining(peer_.listener))
        return answer_self(problem(503, "draining", "The server is being stopped. Try again."));
    if (!take_place(request)) return;
    bind_params(entry, match.params);
    request.params = std::move(match.params);
    std::optional<Result<ChannelAccept>> accepted;
    if (!guarded(loop(), entry.label, [&] { accepted = entry.acceptor->accept(request); }))
        return answer_self(problem(500, "internal", "The connection could not be accepted."));
    if (!accepted->ok()) return answer_self(problem(accepted->error()));
    enter_channel(entry, request, std::move(*accepted).value());
}

// A connection from a trusted proxy counts for nobody until it is one client's.
bool HttpSession::take_place(const HttpRequest& request) {
    ServerCore& core = loop().core();
    if (!core.proxies().trusts(peer_.address)) return true;
    const auto client = countable(request);
    if (!client) return true;
    auto entry = core.clients().connect_behind_proxy(*client);
    connection_->hold(std::move(entry.place));
    if (entry.refusal == ClientPlaces::Refusal::none) return true;
    core.limits().add(Limit::connections_per_address);
    answer_self(problem(fault_of(Limit::connections_per_address)));
    return false;
}

void HttpSession::enter_channel(RouteEntry& entry, const HttpRequest& request, ChannelAccept accept) {
    ServerCore& core = loop().core();
    const LoopId to = accept.loop.value_or(loop().loop().id());
    if (!accept.listener || (accept.loop && to >= core.loops().count())) {
        report_fault(loop(), entry.label, "accepted a channel without a listener, or for a loop that there is not");
        return answer_self(problem(500, "internal", "The connection could not be accepted."));
    }
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    answer += "Sec-WebSocket-Accept: " + accept_key(request.header("Sec-WebSocket-Key")) + "\r\n";
    if (const auto chosen = subprotocol(request); !chosen.empty())
        answer.append("Sec-WebSocket-Protocol: ").append(chosen).append("\r\n");
    answer += "X-Request-Id: " + exchange_->id + "\r\n\r\n";
    record(101, 0);
    state_ = State::over;
    connection_->lift_deadline();
    if (connection_->write(answer, {}) == WriteResult::failed) return connection_->doom();
    connection_->hand_over(std::make_unique<ChannelSession>(entry, std::move(accept.listener), options()),
                           &core.state(to));
}

}  // namespace televisit::net
