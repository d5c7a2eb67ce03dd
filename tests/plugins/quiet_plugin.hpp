#pragma once

#include "config_schema.hpp"  // of the plugin that includes this
#include "televisit/sdk/plugin.hpp"

namespace televisit::faulty {

/// A plugin that does nothing, for those that do one thing wrong.
class QuietPlugin : public Plugin {
  public:
    explicit QuietPlugin(Host& host) : host_(host) {}
    Result<void> start(const CallContext&) override { return {}; }
    void stop(const CallContext&) override {}

  protected:
    Host& host_;
};

}  // namespace televisit::faulty
