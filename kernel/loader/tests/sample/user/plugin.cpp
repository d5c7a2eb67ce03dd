// Uses the authenticator, serves GET /sample, tells of its life on the event bus, and misbehaves as it is told.
#include "televisit/sdk/plugin.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "config_schema.hpp"

namespace {

using namespace televisit;

[[noreturn]] void hang() {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (;;) never.wait(lock);
}

class SampleUser final : public Plugin, HttpHandler {
  public:
    explicit SampleUser(Host& host) : host_(host), behaviour_(host.config().string("behaviour")) {
        if (behaviour_ == "throws_in_create") throw std::runtime_error("thrown in create");
        if (behaviour_ == "too_early") static_cast<void>(host_.authenticator());
    }

    Result<void> start(const CallContext& context) override {
        if (behaviour_ == "throws_in_start") throw std::runtime_error("thrown in start");
        if (behaviour_ == "fails_in_start") return error(Errc::unavailable, "its database is away");
        if (behaviour_ == "hangs_in_start") hang();
        if (behaviour_ == "undeclared_port") static_cast<void>(host_.records());
        if (Authenticator* const authenticator = host_.authenticator()) {
            const auto claims = authenticator->authenticate("anybody", context);
            if (!claims) return claims.error();
        }
        tell("started");
        return host_.http().add({.name = "sample", .pattern = "/sample"}, *this);
    }
    void drain(const CallContext&) override { tell("drained"); }
    void stop(const CallContext&) override {
        if (behaviour_ == "hangs_in_stop") hang();
        tell("stopped");
    }

  private:
    HttpResponse handle(const HttpRequest&, const CallContext&) override {
        return {.body = host_.config().string("greeting")};
    }
    void tell(const std::string& what) {
        host_.events().publish({std::string(host_.instance()) + "." + what, {}, {}, "{}"});
    }

    Host& host_;
    const std::string behaviour_;
};

}  // namespace

TELEVISIT_PLUGIN(SampleUser, "sample-user", "1.2.3", "provides=\nrequires=\noptional=televisit.authenticator/1\n",
                 TELEVISIT_CONFIG_SCHEMA);
