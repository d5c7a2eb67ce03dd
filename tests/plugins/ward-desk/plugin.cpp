// What a vendor may add to Socket.IO, all in one: a namespace of its own with rooms, an event and middleware in the
// consultation's namespace, and questions to clients.
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "quiet_plugin.hpp"

namespace {

using namespace televisit;
using namespace std::chrono_literals;

constexpr std::string_view kDone = R"({"ok":true})";

/// `watch` of a ward, which is a room in `/ward`.
class Watch final : public SocketLoopEventHandler {
  public:
    explicit Watch(SocketIoServer& server) : server_(server) {}
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override {
        server_.join_room(event.socket, event.args.empty() ? std::string_view() : event.args[0]);
        if (ack != nullptr) ack->respond({&kDone, 1});
    }

  private:
    SocketIoServer& server_;
};

/// `announce` to all who watch that ward but oneself. On a worker, as a vendor's work may take its time.
class Announce final : public SocketEventHandler {
  public:
    explicit Announce(SocketIoServer& server) : server_(server) {}
    void on_event(const SocketEvent& event, AckResponder* ack, const CallContext&) override {
        if (event.args.size() == 2)
            server_.emit_to_room("/ward", event.args[0], {"announcement", event.args.subspan(1), event.attachments},
                                 event.socket);
        if (ack != nullptr) ack->respond({&kDone, 1});
    }

  private:
    SocketIoServer& server_;
};

/// `ring`, added to the consultation's namespace: asks the client for a picture of its own and answers with it.
class Ring final : public SocketLoopEventHandler {
  public:
    explicit Ring(SocketIoServer& server) : server_(server) {}
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override {
        // Shared, because callbacks must be copyable.
        const std::shared_ptr<AckResponder> answer(std::move(ack));
        server_.emit_with_ack(event.socket, {"who_is_there", {}}, 500ms, [answer](std::optional<SocketAck> given) {
            if (answer == nullptr) return;
            constexpr std::string_view kNobody = R"("nobody")";
            if (!given) return answer->respond({&kNobody, 1});
            const std::vector<std::string_view> args(given->args.begin(), given->args.end());
            const std::vector<std::string_view> attachments(given->attachments.begin(), given->attachments.end());
            answer->respond(args, attachments);
        });
    }

  private:
    SocketIoServer& server_;
};

/// Lets nobody into the consultation who says in the CONNECT payload to be a robot.
class NoRobots final : public SocketMiddleware {
  public:
    bool wants_handshake() const override { return false; }
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake& handshake,
                               const CallContext&) override {
        if (handshake.auth.find(R"("robot":true)") == std::string_view::npos) return {};
        return error(Errc::forbidden, "no_robots", "This visit is for people.");
    }
};

/// Counts who is in the consultation's namespace; each loop adds and removes.
class Census final : public SocketLoopMiddleware {
  public:
    void on_connecting(SocketKey, std::string_view, const SocketHandshake&,
                       std::unique_ptr<ConnectDecision> decision) override {
        ++present;
        decision->decide({});
    }
    void on_gone(SocketKey) override { --present; }
    std::atomic<int> present{0};
};

/// `census` in `/ward` tells how many there are.
class TellCensus final : public SocketLoopEventHandler {
  public:
    explicit TellCensus(const Census& census) : census_(census) {}
    void on_event(const SocketEvent&, std::unique_ptr<AckResponder> ack) override {
        const std::string count = std::to_string(census_.present.load());
        const std::string_view arg = count;
        if (ack != nullptr) ack->respond({&arg, 1});
    }

  private:
    const Census& census_;
};

class Ward final : public SocketNamespaceListener {
  public:
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake&) override { return {}; }
    void on_connected(SocketKey, std::string_view, LoopId, const SocketHandshake&) override {}
    void on_disconnected(SocketKey, SocketClose) override {}
    void on_unknown_event(const SocketEvent&, std::unique_ptr<AckResponder>) override {}
};

class WardDesk final : public faulty::QuietPlugin {
  public:
    using QuietPlugin::QuietPlugin;

    Result<void> start(const CallContext&) override {
        SocketIoServer& server = *host_.socketio();
        watch_ = std::make_unique<Watch>(server);
        announce_ = std::make_unique<Announce>(server);
        ring_ = std::make_unique<Ring>(server);
        if (auto opened = server.open_namespace({"/ward"}, ward_); !opened) return opened;
        if (auto added = server.on_loop("/ward", "watch", *watch_); !added) return added;
        if (auto added = server.on("/ward", "announce", *announce_); !added) return added;
        if (auto added = server.on_loop("/ward", "census", tell_census_); !added) return added;
        if (auto added = server.on_loop("/", "ring", *ring_); !added) return added;
        if (auto added = server.use_on_loop("/", census_); !added) return added;
        return server.use("/", no_robots_);
    }

  private:
    Ward ward_;
    Census census_;
    TellCensus tell_census_{census_};
    NoRobots no_robots_;
    std::unique_ptr<Watch> watch_;
    std::unique_ptr<Announce> announce_;
    std::unique_ptr<Ring> ring_;
};

}  // namespace

TELEVISIT_PLUGIN(WardDesk, "ward-desk", "1.0.0",
                 "provides=\nrequires=televisit.socketio/1,televisit.signaling/1\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
