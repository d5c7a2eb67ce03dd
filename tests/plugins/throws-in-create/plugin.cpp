#include <stdexcept>

#include "quiet_plugin.hpp"

namespace {
class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    explicit Plugin(televisit::Host& host) : QuietPlugin(host) { throw std::runtime_error("thrown in create"); }
};
}  // namespace

TELEVISIT_PLUGIN(Plugin, "throws-in-create", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
