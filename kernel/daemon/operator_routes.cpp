#include "daemon/operator_routes.hpp"

#include <exception>
#include <mutex>
#include <optional>

#include "consult/domain.hpp"
#include "daemon/operator_json.hpp"
#include "daemon/operator_query.hpp"
#include "net/problem.hpp"
#include "runtime/json_object.hpp"

namespace televisit::daemon {
namespace {

constexpr char kOwner[] = "kernel";
constexpr char kUnixSocket[] = "unix";  // the address of who comes through it
constexpr std::size_t kThreads = 2;
constexpr std::size_t kQueue = 64;
constexpr std::chrono::seconds kDeadline{5};
constexpr std::int64_t kLongestDrain = std::chrono::milliseconds(std::chrono::hours(24)).count();

HttpResponse json(std::string body, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
    response.body = std::move(body);
    return response;
}

HttpResponse nothing() {
    HttpResponse response;
    response.status = 204;
    return response;
}

/// A page, and where the next one begins if there may be one.
std::string page(std::string_view name, runtime::JsonArray items, const std::optional<std::string>& next) {
    runtime::JsonObject object;
    object.raw(name, items.finish());
    if (next)
        object.text("next", *next);
    else
        object.raw("next", "null");
    return object.finish();
}

}  // namespace

class OperatorRoutes::Entry final : public HttpLoopHandler {
  public:
    Entry(OperatorRoutes& routes, Serve serve) : routes_(routes), serve_(serve) {}

    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        if (request.remote_address != kUnixSocket)
            return responder->respond(net::problem(403, "admin_socket_only", "Ask through the admin socket."));
        // Tasks are copied; requests need not be.
        const auto asked = std::make_shared<HttpRequest>(std::move(request));
        const std::shared_ptr<HttpResponder> answer = std::move(responder);
        const bool posted =
            routes_.workers_.post([this, asked, answer] { answer->respond(routes_.answer(serve_, *asked)); });
        if (!posted) answer->respond(net::problem(503, "busy", "Too many requests at once. Try again."));
    }

  private:
    OperatorRoutes& routes_;
    const Serve serve_;
};

OperatorRoutes::OperatorRoutes(Drain& drain, std::function<std::size_t()> clients, const Clock& clock, Logger& logger)
    : drain_(drain),
      clients_(std::move(clients)),
      clock_(clock),
      logger_(logger),
      workers_("operator", kThreads, kQueue) {}

OperatorRoutes::~OperatorRoutes() = default;

Result<void> OperatorRoutes::add_to(net::Server& server) {
    static constexpr struct {
        const char* name;
        HttpMethod method;
        const char* path;
        Serve serve;
    } kRoutes[] = {
        {"admin_rooms", HttpMethod::get, "/admin/rooms", &OperatorRoutes::rooms},
        {"admin_room", HttpMethod::get, "/admin/rooms/{room}", &OperatorRoutes::room},
        {"admin_sessions", HttpMethod::get, "/admin/sessions", &OperatorRoutes::sessions},
        {"admin_session", HttpMethod::get, "/admin/sessions/{session}", &OperatorRoutes::session},
        {"admin_end", HttpMethod::post, "/admin/sessions/{session}/end", &OperatorRoutes::end},
        {"admin_erase", HttpMethod::del, "/admin/sessions/{session}", &OperatorRoutes::erase},
        {"admin_kick", HttpMethod::del, "/admin/sessions/{session}/attendees/{user}", &OperatorRoutes::kick},
        {"admin_begin_drain", HttpMethod::post, "/admin/drain", &OperatorRoutes::begin_drain},
        {"admin_drain", HttpMethod::get, "/admin/drain", &OperatorRoutes::drain_state},
    };
    for (const auto& entry : kRoutes) {
        HttpRoute route;
        route.name = entry.name;
        route.method = entry.method;
        route.pattern = entry.path;
        route.on_public = false;
        route.on_admin = true;
        route.cors = CorsMode::none;
        entries_.push_back(std::make_unique<Entry>(*this, entry.serve));
        if (auto added = server.add(std::move(route), *entries_.back(), kOwner); !added) return added;
    }
    return {};
}

void OperatorRoutes::set_domain(consult::Domain* domain) {
    const std::unique_lock lock(mutex_);
    domain_ = domain;
}

HttpResponse OperatorRoutes::answer(Serve serve, const HttpRequest& request) {
    try {
        const std::shared_lock lock(mutex_);
        auto answer = (this->*serve)(request, {clock_.steady_now() + kDeadline, request.id});
        return answer ? std::move(*answer) : net::problem(answer.error());
    } catch (const std::exception& fault) {
        logger_.error("an operator's request failed", {{"path", request.path}, {"what", fault.what()}});
        return net::problem(500, "internal", "The server has made a mistake.");
    }
}

Result<consult::Operations> OperatorRoutes::operations() const {
    if (!domain_) return error(Errc::unavailable, "not_running", "The server is being started or stopped.");
    return domain_->operations();
}

OperatorRoutes::Answer OperatorRoutes::rooms(const HttpRequest& request, const CallContext&) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const auto limit = limit_of(request);
    if (!limit) return limit.error();
    runtime::JsonArray items;
    const auto open = visits->rooms(RoomId(std::string(text_of(request, "after"))), *limit);
    for (const auto& room : open) items.raw(to_json(room));
    const bool more = open.size() == *limit;
    return json(page("rooms", std::move(items), more ? std::optional(open.back().room.str()) : std::nullopt));
}

OperatorRoutes::Answer OperatorRoutes::room(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const auto room = visits->room(RoomId(std::string(request.param("room"))), context);
    if (!room) return room.error();
    return json(to_json(*room));
}

OperatorRoutes::Answer OperatorRoutes::sessions(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const auto query = query_of(request);
    if (!query) return query.error();
    const auto found = visits->sessions(*query, context);
    if (!found) return found.error();
    runtime::JsonArray items;
    for (const auto& session : *found) items.raw(to_json(session));
    std::optional<std::string> next;
    if (found->size() == query->limit) next = position_behind(found->back());
    return json(page("sessions", std::move(items), next));
}

OperatorRoutes::Answer OperatorRoutes::session(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const SessionId id(std::string(request.param("session")));
    const auto session = visits->session(id, context);
    if (!session) return session.error();
    const auto attendees = visits->attendees(id, context);
    if (!attendees) return attendees.error();
    return json(to_json(*session, *attendees));
}

OperatorRoutes::Answer OperatorRoutes::end(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const auto ended = visits->end(SessionId(std::string(request.param("session"))), context);
    if (!ended) return ended.error();
    return json(to_json(*ended));
}

OperatorRoutes::Answer OperatorRoutes::erase(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    if (auto erased = visits->erase(SessionId(std::string(request.param("session"))), context); !erased)
        return erased.error();
    return nothing();
}

OperatorRoutes::Answer OperatorRoutes::kick(const HttpRequest& request, const CallContext& context) {
    const auto visits = operations();
    if (!visits) return visits.error();
    const SessionId session(std::string(request.param("session")));
    if (auto out = visits->kick(session, UserId(std::string(request.param("user"))), context); !out) return out.error();
    return nothing();
}

OperatorRoutes::Answer OperatorRoutes::begin_drain(const HttpRequest& request, const CallContext& context) {
    DrainOrder order;
    const auto deadline = number_of(request, "deadline_ms", 0, kLongestDrain);
    if (!deadline) return deadline.error();
    if (*deadline) order.deadline = std::chrono::milliseconds(**deadline);
    const auto back = number_of(request, "reconnect_after_ms", 0, kLongestDrain);
    if (!back) return back.error();
    if (*back) order.notice.reconnect_after = std::chrono::milliseconds(**back);
    if (auto begun = drain_.begin(order); !begun) return begun.error();
    return drain_state(request, context);
}

OperatorRoutes::Answer OperatorRoutes::drain_state(const HttpRequest&, const CallContext&) {
    return json(runtime::JsonObject()
                    .text("state", to_string(drain_.state()))
                    .number("clients", static_cast<std::int64_t>(clients_()))
                    .finish());
}

}  // namespace televisit::daemon
