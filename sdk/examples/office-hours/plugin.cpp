// What makes the policy a plugin: it is created with a host, and says what it provides.

#include "televisit/sdk/plugin.hpp"
#include "config_schema.hpp"
#include "policy.hpp"

namespace office_hours {

class OfficeHours final : public televisit::Plugin {
  public:
    explicit OfficeHours(televisit::Host& host)
        : policy_(parse_time_of_day(host.config().string("opens")), parse_time_of_day(host.config().string("closes"))) {
    }

    televisit::ProvidedPorts ports() override {
        televisit::ProvidedPorts ports;
        ports.admission = &policy_;
        return ports;
    }
    televisit::Result<void> start(const televisit::CallContext&) override { return {}; }
    void stop(const televisit::CallContext&) override {}

  private:
    Policy policy_;
};

}  // namespace office_hours

TELEVISIT_PLUGIN(office_hours::OfficeHours, "office-hours", "1.0.0",
                 "provides=televisit.admission/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
