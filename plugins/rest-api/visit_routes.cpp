#include "visit_routes.hpp"

#include <array>
#include <utility>

#include "answers.hpp"
#include "request_body.hpp"

namespace televisit::rest_api {

namespace {

Result<HttpResponse> join_session(const Call& call) {
    auto body = BodyFields::optional(call.request, call.max_depth);
    if (!body) return std::move(body).error();
    JoinRequest join;
    join.session = call.session();
    join.device_type = body->optional_text("device_type").value_or("");
    join.browser_info = body->optional_text("browser_info").value_or("");
    join.display_name = body->optional_text("display_name").value_or("");
    if (auto fault = body->fault()) return *std::move(fault);
    join.client_address = call.request.remote_address;
    join.public_origin = call.request.origin;
    const auto grant = call.consultations.join(call.caller, join, call.context);
    if (!grant) return grant.error();
    return join_answer(*grant);
}

/// A body is of no matter: a page that is being closed can only send what `sendBeacon` sends.
Result<HttpResponse> leave_session(const Call& call) {
    auto left = call.consultations.leave(call.caller, call.session(), call.context);
    if (!left) return std::move(left).error();
    return no_content();
}

Result<HttpResponse> get_ice_servers(const Call& call) {
    const auto servers =
        call.consultations.ice_servers(call.caller, call.session(), call.request.remote_address, call.context);
    if (!servers) return servers.error();
    JsonWriter out;
    out.open_object().name("ice_servers");
    write_ice_servers(out, servers->servers);
    out.name("ttl_seconds").number(servers->ttl.count());
    return json_answer(200, out.close_object().take());
}

Result<HttpResponse> add_quality(const Call& call) {
    const auto body = BodyFields::required(call.request, call.max_depth);
    if (!body) return body.error();
    auto added = call.consultations.add_quality(call.caller, call.session(), std::string(body->json()), call.context);
    if (!added) return std::move(added).error();
    return no_content();
}

constexpr std::array kRoutes{
    EndpointRoute{"join_session", HttpMethod::post, "/api/video/sessions/{id}/join", join_session},
    EndpointRoute{"leave_session", HttpMethod::post, "/api/video/sessions/{id}/leave", leave_session},
    EndpointRoute{"get_ice_servers", HttpMethod::get, "/api/video/sessions/{id}/ice-servers", get_ice_servers},
    EndpointRoute{"add_quality", HttpMethod::post, "/api/video/sessions/{id}/quality", add_quality},
};

}  // namespace

std::span<const EndpointRoute> visit_routes() noexcept {
    return kRoutes;
}

}  // namespace televisit::rest_api
