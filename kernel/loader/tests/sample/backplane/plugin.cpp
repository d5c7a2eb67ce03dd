// A backplane to nobody, for plans.
#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"

namespace {

using namespace televisit;

class SampleBackplane final : public Plugin, public Backplane {
  public:
    explicit SampleBackplane(Host&) {}
    ProvidedPorts ports() override { return {.backplane = this}; }
    Result<void> start(const CallContext&) override { return {}; }
    void stop(const CallContext&) override {}

    void set_listener(BackplaneListener*) override {}
    Result<void> publish(BackplaneMessage) override { return {}; }
    Result<void> subscribe(const RoomId&, const CallContext&) override { return {}; }
    Result<void> unsubscribe(const RoomId&, const CallContext&) override { return {}; }
};

}  // namespace

TELEVISIT_PLUGIN(SampleBackplane, "sample-backplane", "1.0.0", "provides=televisit.backplane/1\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
