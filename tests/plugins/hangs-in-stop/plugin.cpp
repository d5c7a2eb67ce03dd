// Never comes back from stop().
#include <condition_variable>
#include <mutex>

#include "quiet_plugin.hpp"

namespace {

[[noreturn]] void hang() {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (;;) never.wait(lock);
}

class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;
    void stop(const televisit::CallContext&) override { hang(); }
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "hangs-in-stop", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
