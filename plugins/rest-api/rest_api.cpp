#include "rest_api.hpp"

#include <string>
#include <utility>

#include "invitation_routes.hpp"
#include "record_routes.hpp"
#include "session_routes.hpp"
#include "visit_routes.hpp"

namespace televisit::rest_api {

RestApi::RestApi(Host& host) : host_(host), health_(host), openapi_(host.secrets()) {}

Result<void> RestApi::add_routes(std::span<const EndpointRoute> routes) {
    const auto max_depth = static_cast<std::size_t>(host_.config().integer("max_depth"));
    for (const auto& route : routes) {
        handlers_.push_back(std::make_unique<EndpointHandler>(host_, route, max_depth));
        HttpRoute entry;
        entry.name = route.name;
        entry.method = route.method;
        entry.pattern = route.pattern;
        if (auto added = host_.http().add(std::move(entry), *handlers_.back()); !added) return added;
    }
    return {};
}

Result<void> RestApi::start(const CallContext&) {
    for (const auto routes : {session_routes(), visit_routes(), invitation_routes(), record_routes()})
        if (auto added = add_routes(routes); !added) return added;
    if (auto added = openapi_.add_to(host_.http()); !added) return added;
    return health_.add_to(host_.http());
}

}  // namespace televisit::rest_api
