#pragma once
/// One call of the interface, and the handler that all routes share: credential, endpoint, problem document.

#include <cstddef>

#include "televisit/sdk/plugin.hpp"

namespace televisit::rest_api {

/// A request whose caller is known. Views live for the call.
struct Call {
    const HttpRequest& request;
    const CallContext& context;
    const Identity& caller;
    Consultations& consultations;
    const Secrets& secrets;
    std::size_t max_depth;  ///< of the JSON in the body

    SessionId session() const { return SessionId(std::string(request.param("id"))); }
};

/// Translates a request into a call of the kernel, and what comes back into an answer. **Blocks**: to the deadline.
using Endpoint = Result<HttpResponse> (*)(const Call& call);

/// A route of the interface.
struct EndpointRoute {
    std::string_view name;
    HttpMethod method;
    std::string_view pattern;
    Endpoint endpoint;
};

/// **Threads**: any worker, concurrently.
class EndpointHandler final : public HttpHandler {
  public:
    EndpointHandler(Host& host, const EndpointRoute& route, std::size_t max_depth)
        : host_(host), route_(route), max_depth_(max_depth) {}

    HttpResponse handle(const HttpRequest& request, const CallContext& context) override;

  private:
    Result<Identity> identify(const HttpRequest& request, const CallContext& context);
    Result<HttpResponse> answer(const HttpRequest& request, const CallContext& context);
    void log(const Error& failure, const CallContext& context);

    Host& host_;
    EndpointRoute route_;
    std::size_t max_depth_;
};

}  // namespace televisit::rest_api
