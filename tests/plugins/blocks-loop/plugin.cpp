// GET /faulty/block keeps its event loop busy for the milliseconds of ?ms=.
#include <charconv>
#include <chrono>

#include "quiet_plugin.hpp"

namespace {

class Blocks final : public televisit::HttpLoopHandler {
  public:
    void handle(televisit::HttpRequest request, std::unique_ptr<televisit::HttpResponder> responder) override {
        int milliseconds = 0;
        if (const auto* text = request.query_value("ms"))
            std::from_chars(text->data(), text->data() + text->size(), milliseconds);
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
        while (std::chrono::steady_clock::now() < until) {
        }
        responder->respond({.status = 204});
    }
};

class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::Result<void> start(const televisit::CallContext&) override {
        return host_.http().add_on_loop({.name = "block", .pattern = "/faulty/block"}, blocks_);
    }

  private:
    Blocks blocks_;
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "blocks-loop", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
