#pragma once
/// Signaling between a fake Socket.IO server and a fake consultation.

#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signaling_plugin.hpp"
#include "televisit/testkit/fake_host.hpp"

namespace televisit::signaling::test {

using namespace std::chrono_literals;
using testkit::FakeConfig;
using testkit::FakeHost;

inline std::string text_of(std::span<const std::string_view> pieces) {
    std::string out;
    for (const auto piece : pieces) out += piece;
    return out;
}

/// Writes down what is sent to whom. A socket's loop is the hundreds of its key.
class FakeSockets final : public SocketIoServer {
  public:
    struct Sent {
        std::uint64_t to;
        std::string line;  ///< event, a space, the JSON; attachments in <>
    };

    Result<void> open_namespace(std::vector<std::string> opened, SocketNamespaceListener& with) override {
        names = std::move(opened);
        listener = &with;
        return {};
    }
    Result<void> on(std::string_view, std::string, SocketEventHandler&) override {
        return error(Errc::internal, "signaling handles its events on the loop");
    }
    Result<void> use(std::string_view, SocketMiddleware&) override { return error(Errc::internal, "not used here"); }
    Result<void> use_on_loop(std::string_view, SocketLoopMiddleware&) override {
        return error(Errc::internal, "not used here");
    }
    Result<void> on_loop(std::string_view, std::string event, SocketLoopEventHandler& handler) override {
        handlers[std::move(event)] = &handler;
        return {};
    }
    EmitResult emit(SocketKey to, const Emission& emission) override { return emit(std::span(&to, 1), emission); }
    EmitResult emit(std::span<const SocketKey> to, const Emission& emission) override {
        std::string line = std::string(emission.event) + " " + text_of(emission.args);
        for (const auto attachment : emission.attachments) line.append(" <").append(attachment).append(">");
        for (const auto key : to) sent.push_back({key.value, line});
        return EmitResult::sent;
    }
    void emit_with_ack(SocketKey, const Emission&, std::chrono::milliseconds, AckCallback) override {}
    void join_room(SocketKey, std::string_view) override {}
    void leave_room(SocketKey, std::string_view) override {}
    void emit_to_room(std::string_view, std::string_view, const Emission&, std::optional<SocketKey>) override {}
    void disconnect(SocketKey socket, DisconnectMode mode) override {
        sent.push_back({socket.value, mode == DisconnectMode::engine ? "(engine closed)" : "(disconnected)"});
    }
    std::size_t connected() const noexcept override { return 0; }

    std::vector<std::string> to(std::uint64_t key) const {
        std::vector<std::string> lines;
        for (const auto& one : sent)
            if (one.to == key) lines.push_back(one.line);
        return lines;
    }

    std::vector<std::string> names;
    SocketNamespaceListener* listener = nullptr;
    std::map<std::string, SocketLoopEventHandler*, std::less<>> handlers;
    std::vector<Sent> sent;
};

/// What a seat was asked to do. Outlives the seat.
struct SeatLog {
    std::vector<std::string> lines;
    std::optional<Error> relay_error;
    bool still_there = true;
};

class FakeSeat final : public Seat {
  public:
    FakeSeat(RoomId room, Member self, std::shared_ptr<SeatLog> log)
        : room_(std::move(room)), self_(std::move(self)), log_(std::move(log)) {}
    ~FakeSeat() override { log_->lines.emplace_back("dropped"); }

    const SessionId& session() const noexcept override { return session_; }
    const RoomId& room() const noexcept override { return room_; }
    const Member& self() const noexcept override { return self_; }
    void open() override { log_->lines.emplace_back("open"); }
    std::vector<Member> members() const override { return {self_}; }
    Result<void> relay(const Relay& relay) override {
        std::string line = "relay " + std::to_string(static_cast<int>(relay.kind)) + " " + std::string(relay.event) +
                           " " + text_of(relay.payload);
        const auto claim = [&](std::string_view name, const std::optional<std::string_view>& value) {
            if (value) line.append(" ").append(name).append("=").append(*value);
        };
        claim("room", relay.claims.room_id);
        claim("from", relay.claims.from_peer_id);
        claim("user", relay.claims.user_id);
        claim("role", relay.claims.role);
        claim("target", relay.target_peer_id);
        for (const auto attachment : relay.attachments) line.append(" <").append(attachment).append(">");
        log_->lines.push_back(line);
        if (log_->relay_error) return *log_->relay_error;
        return {};
    }
    void set_media(MediaKind kind, bool enabled) override {
        log_->lines.push_back("media " + std::to_string(static_cast<int>(kind)) + (enabled ? " on" : " off"));
    }
    void leave() override { log_->lines.emplace_back("leave"); }
    void connection_lost() override { log_->lines.emplace_back("lost"); }
    void suspend() override { log_->lines.emplace_back("suspend"); }
    bool resume() override {
        log_->lines.emplace_back("resume");
        return log_->still_there;
    }

  private:
    const SessionId session_{"session-1"};
    const RoomId room_;
    const Member self_;
    std::shared_ptr<SeatLog> log_;  // shared with the test
};

/// Lets in whoever has the token "good".
class FakeConsultations final : public Consultations {
  public:
    Result<Entered> enter(const EnterRequest& request, const CallContext&) override {
        entered.push_back(request.room.str() + " " + request.access_token + " " + std::string(request.user_claim) +
                          " " + std::string(request.role_claim) + " " + std::to_string(request.connection.value));
        entered_from = request.client_address;
        if (during_enter) during_enter();
        if (throws) throw std::runtime_error("out of order");
        if (request.access_token != "good") return error(Errc::unauthenticated, "This token is not valid.");
        Member self{UserId("dr \"who\""), PeerId("doctor_1"), role};
        Member other{UserId("pat"), PeerId("patient_1"), Role::patient, {true, false, false}, StayState::interrupted};
        Entered answer{nullptr, self, {self, other}};
        if (!repeat) answer.seat = std::make_unique<FakeSeat>(request.room, self, log);
        return answer;
    }
    std::chrono::milliseconds grace() const override { return std::chrono::seconds(15); }
    Result<void> attach(RoomListener& with) override {
        listener = &with;
        return {};
    }
    void detach(RoomListener&) override { listener = nullptr; }
    Result<void> add_quality(const Identity& caller, const SessionId& id, std::string sample,
                             const CallContext&) override {
        quality.push_back(caller.user.str() + " " + caller.invitation.str() + " " + id.str() + " " + sample);
        return {};
    }

    Result<Identity> identify(const PresentedCredential&, const CallContext&) override { return unused(); }
    Result<CreatedSession> create(const Identity&, const SessionDraft&, const CallContext&) override {
        return unused();
    }
    Result<SessionRecord> get(const Identity&, const SessionId&, const CallContext&) override { return unused(); }
    Result<std::vector<SessionRecord>> list(const Identity&, const SessionFilter&, const CallContext&) override {
        return unused();
    }
    Result<SessionRecord> reschedule(const Identity&, const SessionId&, Version, const SessionPatch&,
                                     const CallContext&) override {
        return unused();
    }
    Result<SessionRecord> cancel(const Identity&, const SessionId&, const CallContext&) override { return unused(); }
    Result<JoinGrant> join(const Identity&, const JoinRequest&, const CallContext&) override { return unused(); }
    Result<void> leave(const Identity&, const SessionId&, const CallContext&) override { return unused(); }
    Result<SessionRecord> end(const Identity&, const SessionId&, const CallContext&) override { return unused(); }
    Result<IceServers> ice_servers(const Identity&, const SessionId&, const std::string&, const CallContext&) override {
        return unused();
    }
    Result<CreatedInvitation> invite(const Identity&, const SessionId&, const InvitationDraft&,
                                     const CallContext&) override {
        return unused();
    }
    Result<void> revoke(const Identity&, const SessionId&, const InvitationId&, const CallContext&) override {
        return unused();
    }
    Result<std::vector<AttendeeRecord>> attendees(const Identity&, const SessionId&, const CallContext&) override {
        return unused();
    }
    Result<MetricsRecord> metrics(const Identity&, const SessionId&, const CallContext&) override { return unused(); }

    std::shared_ptr<SeatLog> log = std::make_shared<SeatLog>();  // shared with seats
    std::vector<std::string> entered, quality;
    std::string entered_from;
    std::function<void()> during_enter;
    Role role = Role::doctor;
    bool repeat = false;
    bool throws = false;
    RoomListener* listener = nullptr;

  private:
    static Error unused() { return error(Errc::internal, "signaling does not ask for this"); }
};

class KeptAck final : public AckResponder {
  public:
    explicit KeptAck(std::shared_ptr<std::string> place) : place_(std::move(place)) {}
    void respond(std::span<const std::string_view> args, std::span<const std::string_view>) override {
        if (place_->empty()) *place_ = text_of(args);
    }

  private:
    std::shared_ptr<std::string> place_;  // shared with the test
};

/// A strand that counts its holds.
class CountingStrand final : public StrandSource {
  public:
    explicit CountingStrand(int& holds) : holds_(holds) {}
    std::unique_ptr<StrandHold> hold() override {
        struct Hold final : StrandHold {
            explicit Hold(int& holds) : count(holds) { ++count; }
            ~Hold() override { --count; }
            int& count;
        };
        return std::make_unique<Hold>(holds_);
    }

  private:
    int& holds_;
};

/// Events at once, by a socket and by the sockets without a room of an address, ten a second in the long run; sockets
/// without a room.
struct Limits {
    std::int64_t events = 1000;
    std::int64_t events_of_address = 0x10000;
    std::int64_t unjoined = 0;
    std::int64_t unjoined_of_address = 0;
};

class Clinic {
  public:
    explicit Clinic(LoopId loops = 1, Limits limits = {})
        : host({{"namespaces", std::vector<std::string>{"/", "/socket.io", "/socket.io/"}},
                {"chat_echo", true},
                {"chat_length", 10},
                {"quality_report", 300},
                {"events.per_second", 10},
                {"events.burst", limits.events},
                {"events.refusal_cost", 10},
                {"unjoined.max", limits.unjoined},
                {"unjoined.per_address", limits.unjoined_of_address},
                {"unjoined.events_per_address.per_second", 10},
                {"unjoined.events_per_address.burst", limits.events_of_address},
                {"unjoined.addresses", 100},
                {"join_deadline", 60s},
                {"join_timeout", 5s},
                {"reconnect_after", 1500ms}},
               "signaling", loops) {
        host.ports.socketio = &sockets;
        host.domain = &domain;
        plugin = std::make_unique<SignalingPlugin>(host);
        REQUIRE(plugin->start(host.context()).ok());
    }
    ~Clinic() { stop(); }

    /// The loops do their part when the test lets them, so nobody waits for them here.
    void stop() {
        if (plugin == nullptr) return;
        plugin->stop(passed());
        host.event_loops.run_ready();
        plugin.reset();
    }
    CallContext passed() const { return {host.manual_clock.steady_now() - 1h, RequestId()}; }

    static LoopId loop_of(std::uint64_t socket) { return static_cast<LoopId>(socket / 100); }

    /// The code with which it is refused, if it is.
    std::string connect(std::uint64_t socket, std::string_view address = "192.0.2.7") {
        std::string refusal;
        host.event_loops.on(loop_of(socket), [&] {
            const SocketHandshake handshake{"/", "", {}, {}, address};
            if (const auto allowed = sockets.listener->on_connecting({socket}, "sid-1", handshake); !allowed)
                refusal = allowed.error().name();
            else
                sockets.listener->on_connected({socket}, "sid-1", loop_of(socket), handshake);
        });
        return refusal;
    }
    void interrupt(std::uint64_t socket) {
        host.event_loops.on(loop_of(socket),
                            [&] { sockets.listener->on_interrupted({socket}, SocketClose::transport_close); });
    }
    /// Whether it was given back.
    bool come_back(std::uint64_t socket, SocketReturn how, std::string_view address = "198.51.100.8") {
        bool welcome = false;
        host.event_loops.on(loop_of(socket), [&] {
            const SocketHandshake handshake{"/", "", {}, {}, address};
            welcome = sockets.listener->on_returning({socket}, handshake);
            if (welcome) sockets.listener->on_returned({socket}, "sid-2", how);
        });
        return welcome;
    }
    void disconnect(std::uint64_t socket, SocketClose close) {
        host.event_loops.on(loop_of(socket), [&] { sockets.listener->on_disconnected({socket}, close); });
    }
    /// Returns the acknowledgement.
    std::shared_ptr<std::string> event(std::uint64_t socket, std::string_view name, std::string_view arg,
                                       std::vector<std::string_view> attachments = {}) {
        const auto ack = std::make_shared<std::string>();
        std::vector<std::string_view> args;
        if (!arg.empty()) args.push_back(arg);
        CountingStrand strand(holds);
        SocketEvent event{{socket}, "sid-1", "/", name, args, attachments, loop_of(socket), &strand};
        host.event_loops.on(loop_of(socket), [&] {
            const auto handler = sockets.handlers.find(name);
            if (handler == sockets.handlers.end())
                return sockets.listener->on_unknown_event(event, std::make_unique<KeptAck>(ack));
            handler->second->on_event(event, std::make_unique<KeptAck>(ack));
        });
        return ack;
    }
    void advance(Duration by) { host.event_loops.advance(by); }
    void work() {
        host.manual_executor.run_ready();
        host.event_loops.run_ready();
    }
    /// A socket that is in room "r1".
    void join(std::uint64_t socket) {
        connect(socket);
        event(socket, "join_room", R"({"room_id":"r1","token":"good"})");
        work();
        sockets.sent.clear();
        domain.log->lines.clear();
    }
    RoomListener& rooms() { return *domain.listener; }

    FakeHost host;
    FakeSockets sockets;
    FakeConsultations domain;
    std::unique_ptr<SignalingPlugin> plugin;
    int holds = 0;
};

using Lines = std::vector<std::string>;

}  // namespace televisit::signaling::test
