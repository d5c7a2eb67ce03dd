#include "openapi_route.hpp"

#include <algorithm>
#include <utility>

#include "hex.hpp"

namespace televisit::rest_api {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a copy with one of these tags is still good. Source: RFC 9110 §13.1.2.
bool none_match(std::string_view tags, std::string_view etag) {
    while (!tags.empty()) {
        const auto comma = std::min(tags.find(','), tags.size());
        auto tag = trimmed(tags.substr(0, comma));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag || tag == "*") return false;
        tags.remove_prefix(std::min(comma + 1, tags.size()));
    }
    return true;
}

}  // namespace

OpenApiRoute::OpenApiRoute(const Secrets& secrets) : etag_('"' + hex(secrets.sha256(openapi_text())) + '"') {}

Result<void> OpenApiRoute::add_to(HttpRouter& router) {
    HttpRoute route;
    route.name = "openapi";
    route.pattern = "/openapi.json";
    auto added = router.add_on_loop(route, *this);
    if (!added && added.error().code == Errc::forbidden) added = router.add(route, *this);
    return added;
}

HttpResponse OpenApiRoute::answer(const HttpRequest& request) const {
    // A copy may be kept, but a server that has been replaced meanwhile is asked before it is used.
    HttpResponse response{304, {{"ETag", etag_}, {"Cache-Control", "no-cache"}}, {}};
    if (!none_match(request.header("If-None-Match"), etag_)) return response;
    response.status = 200;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = openapi_text();
    return response;
}

}  // namespace televisit::rest_api
