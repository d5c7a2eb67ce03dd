#include "televisit/sdk/plugin.hpp"
#include "board.hpp"
#include "config_schema.hpp"

namespace whiteboard {

class Whiteboard final : public televisit::Plugin {
  public:
    explicit Whiteboard(televisit::Host& host)
        : board_(host.clock(), static_cast<std::size_t>(host.config().integer("max_rooms"))) {}

    televisit::ProvidedPorts ports() override {
        televisit::ProvidedPorts ports;
        ports.presence = &board_;
        return ports;
    }
    televisit::Result<void> start(const televisit::CallContext&) override { return {}; }
    void stop(const televisit::CallContext&) override {}

  private:
    Board board_;
};

}  // namespace whiteboard

TELEVISIT_PLUGIN(whiteboard::Whiteboard, "whiteboard", "1.0.0",
                 "provides=televisit.presence/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
