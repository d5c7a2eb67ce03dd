// Calls a function that nobody defines.
#include "quiet_plugin.hpp"

extern "C" int televisit_nobody_defines_this();

namespace {
class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::Result<void> start(const televisit::CallContext&) override {
        return televisit::error(televisit::Errc::internal, std::to_string(televisit_nobody_defines_this()));
    }
};
}  // namespace

TELEVISIT_PLUGIN(Plugin, "unresolved-symbol", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
