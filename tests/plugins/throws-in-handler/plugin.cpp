// GET /faulty/throw throws on a worker, GET /faulty/throw-on-loop on the event loop, something that is no
// std::exception at GET /faulty/throw-int.
#include <stdexcept>

#include "quiet_plugin.hpp"

namespace {

class Throws final : public televisit::HttpHandler {
  public:
    televisit::HttpResponse handle(const televisit::HttpRequest&, const televisit::CallContext&) override {
        throw std::runtime_error("thrown in a handler");
    }
};

class ThrowsInt final : public televisit::HttpHandler {
  public:
    televisit::HttpResponse handle(const televisit::HttpRequest&, const televisit::CallContext&) override { throw 42; }
};

class ThrowsOnLoop final : public televisit::HttpLoopHandler {
  public:
    void handle(televisit::HttpRequest, std::unique_ptr<televisit::HttpResponder>) override {
        throw std::runtime_error("thrown on a loop");
    }
};

class Plugin final : public televisit::faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::Result<void> start(const televisit::CallContext&) override {
        if (auto added = host_.http().add({.name = "throw", .pattern = "/faulty/throw"}, throws_); !added) return added;
        if (auto added = host_.http().add({.name = "throw_int", .pattern = "/faulty/throw-int"}, throws_int_); !added)
            return added;
        return host_.http().add_on_loop({.name = "throw_on_loop", .pattern = "/faulty/throw-on-loop"}, throws_on_loop_);
    }

  private:
    Throws throws_;
    ThrowsInt throws_int_;
    ThrowsOnLoop throws_on_loop_;
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "throws-in-handler", "1.0.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
