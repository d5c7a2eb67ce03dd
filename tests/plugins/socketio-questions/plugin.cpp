// A server that asks: in `/questions` each `ask-me` is put back to its sender as `question`, for an acknowledgement.
// What comes of it is told as `answered`, or `unanswered` after half a second.
#include <string>
#include <string_view>
#include <vector>

#include "quiet_plugin.hpp"

namespace {

using namespace televisit;

constexpr std::string_view kPlace = "/questions";
constexpr std::chrono::milliseconds kPatience{500};

template <class Texts>
std::vector<std::string_view> pieces_of(const Texts& args) {
    std::vector<std::string_view> pieces;
    for (const std::string_view arg : args) {
        if (!pieces.empty()) pieces.emplace_back(",");
        pieces.push_back(arg);
    }
    return pieces;
}

class Asking final : public SocketLoopEventHandler {
  public:
    explicit Asking(SocketIoServer& server) : server_(server) {}

    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder>) override {
        const auto pieces = pieces_of(event.args);
        server_.emit_with_ack(event.socket, Emission{"question", pieces, event.attachments}, kPatience,
                              [&server = server_, socket = event.socket](std::optional<SocketAck> answer) {
                                  if (!answer) return void(server.emit(socket, Emission{"unanswered", {}}));
                                  const auto told = pieces_of(answer->args);
                                  const std::vector<std::string_view> attachments(answer->attachments.begin(),
                                                                                  answer->attachments.end());
                                  server.emit(socket, Emission{"answered", told, attachments});
                              });
    }

  private:
    SocketIoServer& server_;
};

class Quiet final : public SocketNamespaceListener {
  public:
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&) override { return {}; }
    void on_connected(SocketKey, std::string_view, LoopId, const SocketHandshake&) override {}
    void on_disconnected(SocketKey, SocketClose) override {}
    void on_unknown_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}
};

class SocketIoQuestions final : public faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;

    Result<void> start(const CallContext&) override {
        SocketIoServer& server = *host_.socketio();
        asking_ = std::make_unique<Asking>(server);
        if (auto opened = server.open_namespace({std::string(kPlace)}, listener_); !opened) return opened;
        return server.on_loop(kPlace, "ask-me", *asking_);
    }

  private:
    Quiet listener_;
    std::unique_ptr<Asking> asking_;
};

}  // namespace

TELEVISIT_PLUGIN(SocketIoQuestions, "socketio-questions", "1.0.0",
                 "provides=\nrequires=televisit.socketio/1\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
