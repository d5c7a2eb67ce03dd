// A store in memory that can be told to block, to fail or to throw.
#include "televisit/sdk/plugin.hpp"
#include "config_schema.hpp"
#include "control.hpp"
#include "faulty_backplane.hpp"
#include "faulty_presence.hpp"
#include "faulty_records.hpp"

namespace {

using namespace televisit;
using namespace televisit::faulty;

class FaultyStore final : public Plugin {
  public:
    explicit FaultyStore(Host& host)
        : host_(host),
          fault_(parse_mode(host.config().string("mode")).value_or(Mode::ok)),
          records_(fault_),
          presence_(host.clock(), fault_),
          backplane_(fault_),
          control_(fault_, backplane_) {}

    ProvidedPorts ports() override {
        ProvidedPorts provided;
        provided.records = &records_;
        provided.presence = &presence_;
        provided.backplane = &backplane_;
        return provided;
    }

    Result<void> start(const CallContext&) override {
        for (const HttpMethod method : {HttpMethod::get, HttpMethod::post}) {
            const HttpRoute route{.name = "faulty_store",
                                  .method = method,
                                  .pattern = "/faulty/store",
                                  .on_public = false,
                                  .on_admin = true};
            if (auto added = host_.http().add_on_loop(route, control_); !added) return added;
        }
        backplane_.start();
        return {};
    }

    void stop(const CallContext&) override {
        fault_.set(Mode::ok);
        backplane_.stop();
    }

  private:
    Host& host_;
    Fault fault_;
    FaultyRecords records_;
    FaultyPresence presence_;
    FaultyBackplane backplane_;
    Control control_;
};

}  // namespace

TELEVISIT_PLUGIN(FaultyStore, "faulty-store", "0.1.0",
                 "provides=televisit.records/1,televisit.presence/1,televisit.backplane/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
