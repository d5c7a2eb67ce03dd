#include "rest_api.hpp"

#include <string>
#include <utility>

#include "invitation_routes.hpp"
#include "record_routes.hpp"
#include "session_routes.hpp"
#include "visit_routes.hpp"

namespace televisit::rest_api {

namespace {

GuessLimits guess_limits_of(const ConfigView& config) {
    return {config.integer("guess_limit"), config.duration("guess_recovery"),
            static_cast<std::size_t>(config.integer("guess_addresses")),
            static_cast<std::size_t>(config.integer("guess_credentials"))};
}

}  // namespace

RestApi::RestApi(Host& host)
    : host_(host),
      guard_(guess_limits_of(host.config()), host.clock(), host.secrets(), host.metrics()),
      health_(host),
      openapi_(host.secrets()) {}

Result<void> RestApi::add_routes(std::span<const EndpointRoute> routes) {
    const auto max_depth = static_cast<std::size_t>(host_.config().integer("max_depth"));
    for (const auto& route : routes) {
        handlers_.push_back(std::make_unique<EndpointHandler>(host_, guard_, route, max_depth));
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
