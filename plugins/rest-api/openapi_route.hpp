#pragma once
/// `GET /openapi.json`: what this interface is, for programs. The document is the file openapi.json of this folder.

#include <string>
#include <string_view>

#include "televisit/sdk/plugin.hpp"

namespace televisit::rest_api {

/// The text of openapi.json, as it was when this was built.
std::string_view openapi_text() noexcept;

/// Answers on the event loop where configuration grants it, else on a worker. Needs no credential.
class OpenApiRoute final : public HttpHandler, public HttpLoopHandler {
  public:
    explicit OpenApiRoute(const Secrets& secrets);

    Result<void> add_to(HttpRouter& router);

    HttpResponse handle(const HttpRequest& request, const CallContext&) override { return answer(request); }
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        responder->respond(answer(request));
    }

  private:
    HttpResponse answer(const HttpRequest& request) const;

    std::string etag_;  ///< quoted
};

}  // namespace televisit::rest_api
