#pragma once
/// POST /faulty/store?mode=ok|block|fail|throw|conflict|unlinked on the admin listener changes what is wrong; GET
/// tells what it is.

#include <memory>
#include <string>

#include "fault.hpp"
#include "faulty_backplane.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::faulty {

/// A loop handler, because every worker of the plugin may be blocked when it is needed most.
class Control final : public HttpLoopHandler {
  public:
    Control(Fault& fault, FaultyBackplane& backplane) : fault_(fault), backplane_(backplane) {}

    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        if (request.method == HttpMethod::post) {
            const std::string* const text = request.query_value("mode");
            const auto mode = text ? parse_mode(*text) : std::nullopt;
            if (!mode) return responder->respond({.status = 400});
            fault_.set(*mode);
            backplane_.tell_link();
        }
        responder->respond({.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = report()});
    }

  private:
    std::string report() const {
        return "{\"mode\":\"" + std::string(to_string(fault_.mode())) +
               "\",\"waiting\":" + std::to_string(fault_.waiting()) + "}";
    }

    Fault& fault_;
    FaultyBackplane& backplane_;
};

}  // namespace televisit::faulty
