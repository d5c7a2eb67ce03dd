#include <stdexcept>

#include "quiet_plugin.hpp"

namespace {
class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::Result<void> start(const televisit::CallContext&) override {
        throw std::runtime_error("thrown in start");
    }
};
}  // namespace

TELEVISIT_PLUGIN(Plugin, "throws-in-start", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
