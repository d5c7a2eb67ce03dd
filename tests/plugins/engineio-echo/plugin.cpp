// A bare Engine.IO endpoint at /engine.io/ that sends every message back; the same for any suite that tests the
// protocol.
#include <memory>

#include "quiet_plugin.hpp"

namespace {

using namespace televisit;

class Echo final : public EngineListener {
  public:
    void on_open(EngineSession& session) override { session_ = &session; }
    void on_message(MessageKind kind, std::string_view payload) override { session_->send(kind, {&payload, 1}); }
    void on_closed(std::string_view) override {}

  private:
    EngineSession* session_ = nullptr;
};

class EngineIoEcho final : public faulty::QuietPlugin, public EngineAcceptor {
  public:
    using QuietPlugin::QuietPlugin;

    Result<void> start(const CallContext&) override { return host_.engineio()->serve({}, *this); }
    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest&) override {
        return std::unique_ptr<EngineListener>(std::make_unique<Echo>());
    }
};

}  // namespace

TELEVISIT_PLUGIN(EngineIoEcho, "engineio-echo", "1.0.0", "provides=\nrequires=televisit.engineio/1\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
