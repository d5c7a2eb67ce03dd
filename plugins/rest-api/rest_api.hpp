#pragma once
/// The plugin: puts the routes on the server's listeners.

#include <memory>
#include <vector>

#include "endpoint.hpp"
#include "health_routes.hpp"
#include "openapi_route.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::rest_api {

class RestApi final : public Plugin {
  public:
    explicit RestApi(Host& host);

    Result<void> start(const CallContext& context) override;
    void stop(const CallContext&) override {}

  private:
    Result<void> add_routes(std::span<const EndpointRoute> routes);

    Host& host_;
    HealthRoutes health_;
    OpenApiRoute openapi_;
    std::vector<std::unique_ptr<EndpointHandler>> handlers_;
};

}  // namespace televisit::rest_api
