// Sends back what a Socket.IO client says, in `/` and in `/custom`; the same for any suite that tests the protocol.
#include <chrono>
#include <memory>
#include <mutex>
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

/// The way to the server for what comes later, perhaps after the plugin's end.
class Gate {
  public:
    explicit Gate(SocketIoServer& server) : server_(&server) {}
    void emit(SocketKey to, const Emission& emission) {
        const std::lock_guard lock(mutex_);
        if (server_ != nullptr) server_->emit(to, emission);
    }
    void close() {
        const std::lock_guard lock(mutex_);
        server_ = nullptr;
    }

  private:
    std::mutex mutex_;
    SocketIoServer* server_;  // guarded by mutex_
};

/// Tells each client what it has said when it connected. A moment later: a suite that listens for one message at a time
/// would not hear what comes in one breath with the answer to its CONNECT.
class Greeting final : public SocketNamespaceListener {
  public:
    Greeting(SocketIoServer& server, EventLoops& loops) : gate_(std::make_shared<Gate>(server)), loops_(loops) {}
    void close() { gate_->close(); }

    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&) override { return {}; }
    void on_connected(SocketKey socket, std::string_view, LoopId loop, const SocketHandshake& handshake) override {
        const std::string_view auth = handshake.auth.empty() ? "{}" : handshake.auth;
        loops_.after(loop, kMoment, [gate = gate_, socket, said = std::string(auth)] {
            const std::string_view arg = said;
            gate->emit(socket, Emission{"auth", {&arg, 1}});
        });
    }
    void on_disconnected(SocketKey, SocketClose) override {}
    void on_unknown_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}

  private:
    static constexpr std::chrono::milliseconds kMoment{25};

    const std::shared_ptr<Gate> gate_;  ///< shared with what comes later
    EventLoops& loops_;
};

class SocketIoEcho final : public faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;

    Result<void> start(const CallContext&) override {
        SocketIoServer& server = *host_.socketio();
        greeting_ = std::make_unique<Greeting>(server, host_.loops());
        message_ = std::make_unique<EchoMessage>(server);
        for (const std::string_view nsp : {"/", "/custom"}) {
            if (auto opened = server.open_namespace({std::string(nsp)}, *greeting_); !opened) return opened;
            if (auto added = server.on_loop(nsp, "message", *message_); !added) return added;
            if (auto added = server.on_loop(nsp, "message-with-ack", acknowledgement_); !added) return added;
        }
        return {};
    }
    void stop(const CallContext&) override { greeting_->close(); }

  private:
    std::unique_ptr<Greeting> greeting_;
    std::unique_ptr<EchoMessage> message_;
    EchoAcknowledgement acknowledgement_;
};

}  // namespace

TELEVISIT_PLUGIN(SocketIoEcho, "socketio-echo", "1.0.0", "provides=\nrequires=televisit.socketio/1\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
