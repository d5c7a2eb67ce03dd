#pragma once
/// The plugin on a fake host, and clients of it: what a browser would send, and what it would get.

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "socketio_plugin.hpp"
#include "televisit/testkit/fake_host.hpp"

namespace televisit::socketio::test {

using namespace std::chrono_literals;
using testkit::FakeChannel;
using testkit::FakeConfig;
using testkit::FakeHost;

inline FakeConfig small_config() {
    return {{"path", "/socket.io/"},
            {"node_letter", "A"},
            {"ping_interval", 300ms},
            {"ping_timeout", 200ms},
            {"upgrade_timeout", 1000ms},
            {"connect_timeout", 1s},
            {"handler_timeout", 1s},
            {"max_payload", 100'000},
            {"write_buffer", 200'000},
            {"max_sessions_per_loop", 4},
            {"max_polling_per_address", 0},
            {"max_unconnected", 0},
            {"max_unconnected_per_address", 0},
            {"max_namespaces", 3},
            {"max_attachments", 8},
            {"max_binary", 1000},
            {"max_pending_acks", 4},
            {"strand_queue", 3},
            {"strand_bytes", 10'000},
            {"handover_buffer", 10'000},
            {"packets.per_second", 10},
            {"packets.burst", 1000},
            {"packets.unit", 10'000},
            {"recovery.default", true},
            {"recovery.bytes", 1000},
            {"recovery.tail", 1000},
            {"recovery.events", 8},
            {"recovery.max_away_per_loop", 3},
            {"recovery.away_bytes_per_loop", 100'000}};
}

/// What is seen of a poll or a post.
struct Answer {
    std::optional<HttpResponse> response;
    std::function<void()> abandon;
    bool dropped = false;

    std::string body() const { return response ? response->body : "(no answer)"; }
    int status() const { return response ? response->status : 0; }
};

class AnswerResponder final : public HttpResponder {
  public:
    explicit AnswerResponder(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
    ~AnswerResponder() override { answer_->dropped = !answer_->response; }
    void respond(HttpResponse response) override {
        if (!answer_->response) answer_->response = std::move(response);
    }
    void on_abandoned(std::function<void()> callback) override { answer_->abandon = std::move(callback); }

  private:
    std::shared_ptr<Answer> answer_;  // shared with the test
};

/// The text between `begin` and the next quote.
inline std::string quoted_after(std::string_view text, std::string_view begin) {
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return {};
    const std::size_t from = at + begin.size();
    return std::string(text.substr(from, text.find('"', from) - from));
}

class Harness {
  public:
    explicit Harness(FakeConfig config = small_config(), LoopId loops = 1)
        : host(std::move(config), "socketio", loops), plugin(std::make_unique<SocketIoPlugin>(host)) {
        REQUIRE(plugin->start(host.context()).ok());
    }
    ~Harness() { shut(); }

    SocketIoServer& server() { return *plugin->ports().socketio; }
    EngineIoServer& engine() { return *plugin->ports().engineio; }

    /// The loops do their part when the test lets them, so nobody waits for them here.
    void shut() {
        if (plugin == nullptr) return;
        plugin->stop({host.manual_clock.steady_now() - std::chrono::hours(1), RequestId()});
        host.event_loops.run_ready();
        plugin.reset();
    }

    std::shared_ptr<Answer> http(HttpMethod method, std::string query, std::string body = {}, LoopId loop = 0,
                                 std::string path = "/socket.io/") {
        HttpRequest request;
        request.method = method;
        request.path = std::move(path);
        request.raw_query = std::move(query);
        request.body = std::move(body);
        request.loop = loop;
        request.headers = {{"Origin", "https://clinic.example"}};
        request.remote_address = address;
        const auto answer = std::make_shared<Answer>();
        host.event_loops.on(
            loop, [&] { host.router.send_on_loop(std::move(request), std::make_unique<AnswerResponder>(answer)); });
        return answer;
    }
    std::string open_polling(LoopId loop = 0) {
        const auto answer = http(HttpMethod::get, "EIO=4&transport=polling", {}, loop);
        return quoted_after(answer->body(), "\"sid\":\"");
    }
    std::shared_ptr<Answer> poll(const std::string& sid, LoopId loop = 0) {
        return http(HttpMethod::get, "EIO=4&transport=polling&sid=" + sid, {}, loop);
    }
    std::shared_ptr<Answer> post(const std::string& sid, std::string body, LoopId loop = 0) {
        return http(HttpMethod::post, "EIO=4&transport=polling&sid=" + sid, std::move(body), loop);
    }
    Result<std::unique_ptr<FakeChannel>> try_websocket(std::string query, LoopId loop = 0,
                                                       std::string path = "/socket.io/") {
        HttpRequest request;
        request.path = std::move(path);
        request.raw_query = std::move(query);
        request.loop = loop;
        request.headers = {{"Origin", "https://clinic.example"}};
        request.remote_address = address;
        Result<std::unique_ptr<FakeChannel>> channel = error(Errc::internal, "not connected");
        host.event_loops.on(loop, [&] { channel = host.channel_hub.connect(std::move(request)); });
        return channel;
    }
    std::unique_ptr<FakeChannel> websocket(LoopId loop = 0) {
        auto channel = try_websocket("EIO=4&transport=websocket", loop);
        REQUIRE(channel.ok());
        return std::move(channel).value();
    }
    /// A WebSocket that has connected to a namespace; what it was told so far is forgotten.
    std::unique_ptr<FakeChannel> client(LoopId loop = 0, const std::string& connect = "40") {
        auto channel = websocket(loop);
        send(*channel, connect);
        channel->sent.clear();
        return channel;
    }
    void send(FakeChannel& channel, std::string_view text) {
        host.event_loops.on(channel.loop(), [&] { channel.receive(MessageKind::text, text); });
    }
    void send_binary(FakeChannel& channel, std::string_view bytes) {
        host.event_loops.on(channel.loop(), [&] { channel.receive(MessageKind::binary, bytes); });
    }
    void hang_up(FakeChannel& channel, ChannelClose how = {}) {
        host.event_loops.on(channel.loop(), [&] { channel.disconnect(how); });
    }
    void advance(Duration by) { host.event_loops.advance(by); }

    std::string address = "192.0.2.7";  ///< of the clients to come
    FakeHost host;
    std::unique_ptr<SocketIoPlugin> plugin;
};

inline std::vector<std::string> texts(const FakeChannel& channel) {
    std::vector<std::string> all;
    for (const auto& message : channel.sent)
        all.push_back(message.kind == MessageKind::text ? message.payload : "<" + message.payload + ">");
    return all;
}

/// Writes down what happens in a namespace, and answers events as told.
class RecordingNamespace final : public SocketNamespaceListener {
  public:
    Result<void> on_connecting(SocketKey, std::string_view, const SocketHandshake& handshake) override {
        auth = handshake.auth;
        origin = handshake.headers.empty() ? std::string() : handshake.headers.front().value;
        remote = handshake.remote_address;
        if (refusal) return *refusal;
        return {};
    }
    void on_connected(SocketKey socket, std::string_view sid, LoopId loop, const SocketHandshake&) override {
        sockets.push_back(socket);
        sids.emplace_back(sid);
        loops.push_back(loop);
    }
    void on_disconnected(SocketKey, SocketClose close) override { closes.push_back(close); }
    bool wants_handshake() const override { return wants; }
    std::chrono::milliseconds recovery_time() const override { return kept; }
    void on_interrupted(SocketKey, SocketClose close) override { interruptions.push_back(close); }
    bool on_returning(SocketKey, const SocketHandshake& handshake) override {
        remote = handshake.remote_address;
        return welcome;
    }
    void on_returned(SocketKey socket, std::string_view sid, SocketReturn how) override {
        sockets.push_back(socket);
        sids.emplace_back(sid);
        returns.push_back(how);
    }
    void on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override {
        unknown.emplace_back(event.name);
        if (ack != nullptr) acks.push_back(std::move(ack));
    }

    std::chrono::milliseconds kept{0};
    bool wants = true;
    bool welcome = true;
    std::vector<SocketClose> interruptions;
    std::vector<SocketReturn> returns;
    std::optional<Error> refusal;
    std::string auth, origin, remote;
    std::vector<SocketKey> sockets;
    std::vector<std::string> sids;
    std::vector<LoopId> loops;
    std::vector<SocketClose> closes;
    std::vector<std::string> unknown;
    std::vector<std::unique_ptr<AckResponder>> acks;
};

/// Writes events down; keeps acks and, if told to, holds.
class RecordingHandler final : public SocketLoopEventHandler {
  public:
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) override {
        std::string line(event.name);
        for (const auto arg : event.args) line.append(" ").append(arg);
        for (const auto attachment : event.attachments) line.append(" <").append(attachment).append(">");
        events.push_back(line);
        nsps.emplace_back(event.nsp);
        if (ack != nullptr) acks.push_back(std::move(ack));
        if (holds_next) holds.push_back(event.strand->hold());
        if (then) then(event);
    }

    bool holds_next = false;
    std::function<void(const SocketEvent&)> then;
    std::vector<std::string> events, nsps;
    std::vector<std::unique_ptr<AckResponder>> acks;
    std::vector<std::unique_ptr<StrandHold>> holds;
};

/// One namespace with a recording handler for "message".
struct Desk : Harness {
    explicit Desk(FakeConfig config = small_config(), LoopId loops = 1) : Harness(std::move(config), loops) {
        REQUIRE(server().open_namespace({"/", "/socket.io"}, nsp).ok());
        REQUIRE(server().on_loop("/", "message", handler).ok());
    }
    ~Desk() { shut(); }
    RecordingNamespace nsp;
    RecordingHandler handler;
};

}  // namespace televisit::socketio::test
