#include "daemon/admin_routes.hpp"

#include <unistd.h>

#include <algorithm>

#include "runtime/json_text.hpp"

namespace televisit::daemon {
namespace {

using runtime::json_string;

constexpr char kOwner[] = "kernel";

std::string json_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts) out += (out.size() == 1 ? "" : ",") + json_string(text);
    return out + "]";
}

std::string addresses(const net::Server& server, ListenerKind kind) {
    std::vector<std::string> texts;
    for (const net::Endpoint& endpoint : server.endpoints(kind)) texts.push_back(endpoint.address);
    return json_list(texts);
}

std::string flag(bool value) {
    return value ? "true" : "false";
}

}  // namespace

AdminRoutes::AdminRoutes(const loader::StatusSource& status, const net::Server& server, const loader::PluginPlan& plan)
    : status_(status),
      server_(server),
      planned_(plan.plugins),
      unused_(plan.unused),
      plugins_answer_([this] { return plugins(); }),
      status_answer_([this] { return server_status(); }) {}

Result<void> AdminRoutes::add_to(net::Server& server) {
    const auto route = [](std::string name, std::string pattern) {
        HttpRoute result;
        result.name = std::move(name);
        result.pattern = std::move(pattern);
        result.on_public = false;
        result.on_admin = true;
        result.cors = CorsMode::none;
        return result;
    };
    if (auto added = server.add(route("admin_plugins", "/admin/plugins"), plugins_answer_, kOwner); !added)
        return added;
    return server.add(route("admin_status", "/admin/status"), status_answer_, kOwner);
}

void AdminRoutes::Answer::handle(HttpRequest, std::unique_ptr<HttpResponder> responder) {
    HttpResponse response;
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
    response.body = text();
    responder->respond(std::move(response));
}

std::string AdminRoutes::plugins() const {
    const ServerStatus status = status_.status();
    std::string out = "{\"plugins\":[";
    const auto add = [&out](const std::string& id, const std::string& use, const std::string& version,
                            const std::string& state, const std::vector<std::string>& provides,
                            const std::string& detail) {
        if (!out.ends_with('[')) out += ',';
        out += "{\"id\":" + json_string(id) + ",\"use\":" + json_string(use) + ",\"version\":" + json_string(version) +
               ",\"state\":" + json_string(state) + ",\"provides\":" + json_list(provides) +
               ",\"detail\":" + json_string(detail) + "}";
    };
    for (const loader::PlannedPlugin& plugin : planned_) {
        const auto component = std::find_if(status.components.begin(), status.components.end(),
                                            [&](const auto& c) { return c.name == plugin.id; });
        const bool known = component != status.components.end();
        add(plugin.id, plugin.use, plugin.manifest.version, known ? component->state : "starting", plugin.capabilities,
            known ? component->detail : "");
    }
    for (const loader::UnusedPlugin& plugin : unused_)
        add(plugin.id, plugin.use, "", "not used", {plugin.capabilities}, "no role names it");
    return out + "]}";
}

std::string AdminRoutes::server_status() const {
    const ServerStatus status = status_.status();
    std::string out = "{\"version\":" + json_string(status.version) + ",\"node\":" + json_string(status.node.str()) +
                      ",\"pid\":" + std::to_string(::getpid()) + ",\"live\":" + flag(status.live) +
                      ",\"started\":" + flag(status.started) + ",\"ready\":" + flag(status.ready) +
                      ",\"public\":" + addresses(server_, ListenerKind::public_listener) +
                      ",\"admin\":" + addresses(server_, ListenerKind::admin_listener) + ",\"components\":[";
    for (const auto& component : status.components) {
        if (!out.ends_with('[')) out += ',';
        out += "{\"name\":" + json_string(component.name) + ",\"kind\":" + json_string(component.kind) +
               ",\"state\":" + json_string(component.state) + ",\"detail\":" + json_string(component.detail) + "}";
    }
    return out + "]}";
}

}  // namespace televisit::daemon
