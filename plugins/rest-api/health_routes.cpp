#include "health_routes.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "answers.hpp"

namespace televisit::rest_api {

namespace {

struct HealthRoute {
    std::string_view name;
    std::string_view path;
    HealthKind kind;
};

constexpr std::array kRoutes{
    HealthRoute{"health", "/health", HealthKind::summary},
    HealthRoute{"health_live", "/health/live", HealthKind::live},
    HealthRoute{"health_ready", "/health/ready", HealthKind::ready},
    HealthRoute{"health_startup", "/health/startup", HealthKind::startup},
};

/// The names of what is away.
std::vector<std::string_view> degraded(const ServerStatus& status) {
    std::vector<std::string_view> names;
    for (const auto& component : status.components)
        if (component.state == "degraded") names.push_back(component.name);
    return names;
}

struct Verdict {
    bool good;
    std::string_view word;
};

Verdict verdict_of(HealthKind kind, const ServerStatus& status) {
    // Started and no longer ready: it is on its way out, or a part of it is away.
    const std::string_view not_ready = status.started ? "not_ready" : "starting";
    switch (kind) {
        case HealthKind::live:
            return {status.live, status.live ? "live" : "dead"};
        case HealthKind::startup:
            return {status.started, status.started ? "started" : "starting"};
        case HealthKind::ready:
            return {status.ready, status.ready ? "ready" : not_ready};
        case HealthKind::summary:
            break;
    }
    const bool healthy = status.live && status.ready;
    if (!healthy) return {false, not_ready};
    // It goes on with what it can do: to take it out of service would help nobody.
    return {true, degraded(status).empty() ? "healthy" : "degraded"};
}

void write_components(JsonWriter& out, const ServerStatus& status) {
    out.name("node").text(status.node.str()).name("components").open_array();
    for (const auto& component : status.components) {
        out.open_object().name("name").text(component.name).name("kind").text(component.kind);
        out.name("state").text(component.state).name("detail").text_or_null(component.detail).close_object();
    }
    out.close_array();
}

}  // namespace

HttpResponse health_answer(HealthKind kind, const ServerStatus& status, ListenerKind listener) {
    const auto verdict = verdict_of(kind, status);
    JsonWriter out;
    out.open_object().name("status").text(verdict.word);
    if (kind == HealthKind::summary) {
        out.name("live").boolean(status.live).name("ready").boolean(status.ready).name("version").text(status.version);
        if (const auto names = degraded(status); !names.empty()) {
            out.name("degraded").open_array();
            for (const auto name : names) out.text(name);
            out.close_array();
        }
        if (listener == ListenerKind::admin_listener) write_components(out, status);
    }
    auto response = json_answer(verdict.good ? 200 : 503, out.close_object().take());
    if (!verdict.good) response.headers.push_back({"Retry-After", "1"});
    return response;
}

class HealthRoutes::Handler final : public HttpHandler, public HttpLoopHandler {
  public:
    Handler(Host& host, HealthKind kind) : host_(host), kind_(kind) {}

    HttpResponse handle(const HttpRequest& request, const CallContext&) override { return answer(request); }
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        responder->respond(answer(request));
    }

  private:
    HttpResponse answer(const HttpRequest& request) { return health_answer(kind_, host_.status(), request.listener); }

    Host& host_;
    HealthKind kind_;
};

HealthRoutes::HealthRoutes(Host& host) {
    for (const auto& route : kRoutes) handlers_.push_back(std::make_unique<Handler>(host, route.kind));
}

HealthRoutes::~HealthRoutes() = default;

Result<void> HealthRoutes::add_to(HttpRouter& router) {
    for (std::size_t i = 0; i < kRoutes.size(); ++i) {
        HttpRoute route;
        route.name = kRoutes[i].name;
        route.pattern = kRoutes[i].path;
        route.on_admin = true;
        auto added = router.add_on_loop(route, *handlers_[i]);
        if (!added && added.error().code == Errc::forbidden) added = router.add(route, *handlers_[i]);
        if (!added) return added;
    }
    return {};
}

}  // namespace televisit::rest_api
