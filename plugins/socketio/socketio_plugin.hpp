#pragma once
/// The plugin: Engine.IO and Socket.IO for the server and for other plugins.

#include <memory>

#include "engine/engine.hpp"
#include "sockets/server.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::socketio {

class SocketIoPlugin final : public Plugin {
  public:
    explicit SocketIoPlugin(Host& host);
    ~SocketIoPlugin() override;

    ProvidedPorts ports() override;
    Result<void> start(const CallContext& context) override;
    void drain(const CallContext& context) override;
    void stop(const CallContext& context) override;

  private:
    Host& host_;
    std::unique_ptr<SocketServer> sockets_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace televisit::socketio
