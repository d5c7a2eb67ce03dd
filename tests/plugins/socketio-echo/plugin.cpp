// Sends back what a Socket.IO client says, in `/` and in `/custom`; the same for any suite that tests the protocol.
#include <string>
#include <string_view>
#include <vector>

#include "quiet_plugin.hpp"

namespace {

using namespace televisit;

/// `message` comes back as `message-back`.
class EchoMessage final : public SocketLoopEventHandler {
  public:
    explicit EchoMessage(SocketIoServer& server) : server_(server) {}

    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder>) override {
        std::vector<std::string_view> pieces;
        for (const std::string_view arg : event.args) {
            if (!pieces.empty()) pieces.emplace_back(",");
            pieces.push_back(arg);
        }
        server_.emit(event.socket, Emission{"message-back", pieces, event.attachments});
    }

  private:
    SocketIoServer& server_;
};

/// `message-with-ack` comes back as its acknowledgement.
class EchoAcknowledgement final : public SocketLoopEventHandler {
  public:
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override {
        if (ack != nullptr) ack->respond(event.args, event.attachments);
    }
};

/// Tells each client what it has said when it connected.
class Greeting final : public SocketNamespaceListener {
  public:
    explicit Greeting(SocketIoServer& server) : server_(server) {}

    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&) override { return {}; }
    void on_connected(SocketKey socket, std::string_view, LoopId, const SocketHandshake& handshake) override {
        const std::string_view auth = handshake.auth.empty() ? "{}" : handshake.auth;
        server_.emit(socket, Emission{"auth", {&auth, 1}});
    }
    void on_disconnected(SocketKey, SocketClose) override {}
    void on_unknown_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}

  private:
    SocketIoServer& server_;
};

class SocketIoEcho final : public faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;

    Result<void> start(const CallContext&) override {
        SocketIoServer& server = *host_.socketio();
        greeting_ = std::make_unique<Greeting>(server);
        message_ = std::make_unique<EchoMessage>(server);
        for (const std::string_view nsp : {"/", "/custom"}) {
            if (auto opened = server.open_namespace({std::string(nsp)}, *greeting_); !opened) return opened;
            if (auto added = server.on_loop(nsp, "message", *message_); !added) return added;
            if (auto added = server.on_loop(nsp, "message-with-ack", acknowledgement_); !added) return added;
        }
        return {};
    }

  private:
    std::unique_ptr<Greeting> greeting_;
    std::unique_ptr<EchoMessage> message_;
    EchoAcknowledgement acknowledgement_;
};

}  // namespace

TELEVISIT_PLUGIN(SocketIoEcho, "socketio-echo", "1.0.0", "provides=\nrequires=televisit.socketio/1\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
