#include "endpoint.hpp"

#include <utility>

#include "credential.hpp"
#include "problem.hpp"

namespace televisit::rest_api {

HttpResponse EndpointHandler::handle(const HttpRequest& request, const CallContext& context) {
    auto answered = answer(request, context);
    if (answered) return *std::move(answered);
    log(answered.error(), context);
    return problem(answered.error());
}

Result<Identity> EndpointHandler::identify(const HttpRequest& request, const CallContext& context) {
    const auto bearer = bearer_of(request);
    if (!bearer) return bearer.error();
    return host_.consultations().identify({*bearer, request.remote_address}, context);
}

Result<HttpResponse> EndpointHandler::answer(const HttpRequest& request, const CallContext& context) {
    const auto caller = identify(request, context);
    if (!caller) return caller.error();
    return route_.endpoint({request, context, *caller, host_.consultations(), host_.secrets(), max_depth_});
}

void EndpointHandler::log(const Error& failure, const CallContext& context) {
    const bool ours =
        failure.code == Errc::internal || failure.code == Errc::unavailable || failure.code == Errc::timeout;
    host_.logger().write(ours ? LogLevel::warning : LogLevel::debug, "request refused",
                         {{"route", route_.name},
                          {"request_id", context.request.view()},
                          {"code", failure.name()},
                          {"detail", failure.detail}});
}

}  // namespace televisit::rest_api
