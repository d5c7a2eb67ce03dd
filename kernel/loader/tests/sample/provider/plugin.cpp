// Believes everybody, and tells of its life on the event bus.
#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"

namespace {

using namespace televisit;

class SampleProvider final : public Plugin, public Authenticator {
  public:
    explicit SampleProvider(Host& host) : host_(host) {}
    ProvidedPorts ports() override { return {.authenticator = this}; }
    Result<void> start(const CallContext&) override {
        tell("started");
        return {};
    }
    void stop(const CallContext&) override { tell("stopped"); }

    Result<Claims> authenticate(std::string_view credential, const CallContext&) override {
        return Claims{.user = UserId(std::string(credential)), .role = Role::doctor};
    }

  private:
    void tell(const std::string& what) {
        host_.events().publish({std::string(host_.instance()) + "." + what, {}, {}, "{}"});
    }
    Host& host_;
};

}  // namespace

TELEVISIT_PLUGIN(SampleProvider, "sample-provider", "1.0.0",
                 "provides=televisit.authenticator/1\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
