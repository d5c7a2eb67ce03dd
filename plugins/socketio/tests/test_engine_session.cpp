#include "harness.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

namespace {

/// Sends every message back.
class EchoListener final : public EngineListener {
  public:
    explicit EchoListener(std::vector<std::string>& closes) : closes_(closes) {}
    void on_open(EngineSession& session) override { session_ = &session; }
    void on_message(MessageKind kind, std::string_view payload) override {
        if (payload == "please close") return session_->close("asked");
        session_->send(kind, {&payload, 1});
    }
    void on_closed(std::string_view reason) override { closes_.emplace_back(reason); }

  private:
    EngineSession* session_ = nullptr;
    std::vector<std::string>& closes_;
};

struct Echo final : EngineAcceptor {
    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest&) override {
        if (refuse) return error(Errc::forbidden, "No.");
        return std::unique_ptr<EngineListener>(std::make_unique<EchoListener>(closes));
    }
    std::vector<std::string> closes;
    bool refuse = false;
};

/// An echo at /engine.io/, beside Socket.IO.
struct EchoEngine : Harness {
    explicit EchoEngine(LoopId loops = 1) : Harness(small_config(), loops) {
        REQUIRE(engine().serve({.path = "/engine.io"}, echo).ok());
    }
    ~EchoEngine() { shut(); }
    std::shared_ptr<Answer> get(const std::string& query, LoopId loop = 0) {
        return http(HttpMethod::get, query, {}, loop, "/engine.io/");
    }
    std::string open(LoopId loop = 0) {
        return quoted_after(get("EIO=4&transport=polling", loop)->body(), "\"sid\":\"");
    }
    std::shared_ptr<Answer> poll_echo(const std::string& sid, LoopId loop = 0) {
        return get("EIO=4&transport=polling&sid=" + sid, loop);
    }
    std::shared_ptr<Answer> post_echo(const std::string& sid, const std::string& body, LoopId loop = 0) {
        return http(HttpMethod::post, "EIO=4&transport=polling&sid=" + sid, body, loop, "/engine.io/");
    }
    std::unique_ptr<FakeChannel> echo_socket(const std::string& sid = {}, LoopId loop = 0) {
        auto channel =
            try_websocket("EIO=4&transport=websocket" + (sid.empty() ? "" : "&sid=" + sid), loop, "/engine.io/");
        REQUIRE(channel.ok());
        return std::move(channel).value();
    }
    Echo echo;
};

}  // namespace

TEST_CASE("a polling handshake tells the session's id and the rules") {
    EchoEngine server;
    const auto answer = server.get("EIO=4&transport=polling");
    CHECK(answer->status() == 200);
    const std::string sid = quoted_after(answer->body(), "\"sid\":\"");
    CHECK(sid.size() == 20);
    CHECK(answer->body() ==
          "0{\"sid\":\"" + sid +
              "\",\"upgrades\":[\"websocket\"],\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":100000}");
}

TEST_CASE("a WebSocket handshake offers no upgrade") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    REQUIRE(socket->sent.size() == 1);
    CHECK(socket->sent[0].payload.find("\"upgrades\":[],") != std::string::npos);
}

TEST_CASE("bad handshakes get the reference's errors") {
    EchoEngine server;
    const std::vector<std::pair<std::string, std::string>> golden{
        {"EIO=4", R"({"code":0,"message":"Transport unknown"})"},
        {"EIO=4&transport=abc", R"({"code":0,"message":"Transport unknown"})"},
        {"EIO=3&transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
        {"transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
        {"EIO=abc&transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
        {"EIO=4&transport=websocket", R"({"code":3,"message":"Bad request"})"},
        {"EIO=4&transport=polling&sid=abc", R"({"code":1,"message":"Session ID unknown"})"},
        {"EIO=4&transport=polling&sid=", R"({"code":1,"message":"Session ID unknown"})"},
        {"EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", R"({"code":1,"message":"Session ID unknown"})"},
        {"EIO=4&transport=polling&sid=____________________", R"({"code":1,"message":"Session ID unknown"})"},
    };
    for (const auto& [query, body] : golden) {
        INFO(query);
        const auto answer = server.get(query);
        CHECK(answer->status() == 400);
        CHECK(answer->body() == body);
    }
    const auto posted = server.http(HttpMethod::post, "EIO=4&transport=polling", "4x", 0, "/engine.io/");
    CHECK(posted->body() == R"({"code":2,"message":"Bad handshake method"})");
    CHECK_FALSE(server.try_websocket("EIO=3&transport=websocket", 0, "/engine.io/").ok());
    CHECK_FALSE(server.try_websocket("EIO=4&transport=polling", 0, "/engine.io/").ok());
    CHECK_FALSE(server.try_websocket("EIO=4&transport=websocket&sid=abc", 0, "/engine.io/").ok());
    CHECK_FALSE(server.try_websocket("EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA", 0, "/engine.io/").ok());
}

TEST_CASE("an acceptor may refuse a handshake") {
    EchoEngine server;
    server.echo.refuse = true;
    const auto answer = server.get("EIO=4&transport=polling");
    CHECK(answer->status() == 403);
    CHECK(answer->body() == R"({"code":4,"message":"Forbidden"})");
    CHECK(server.try_websocket("EIO=4&transport=websocket", 0, "/engine.io/").error().code == Errc::forbidden);
}

TEST_CASE("a session's id is good at its own endpoint only") {
    EchoEngine server;
    const std::string sid = server.open();
    CHECK(server.poll(sid)->status() == 400);
    CHECK(server.poll_echo(sid)->status() == 0);
}

TEST_CASE("long-polling carries messages both ways, several at a time") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    CHECK_FALSE(poll->response);
    CHECK(server
              .post_echo(sid,
                         "4hello\x1e"
                         "4\xE2\x82\xAC\x1e"
                         "bAQIDBA==")
              ->body() == "ok");
    CHECK(poll->body() ==
          "4hello\x1e"
          "4\xE2\x82\xAC\x1e"
          "bAQIDBA==");
    CHECK(server.post_echo(sid, "4later")->body() == "ok");
    CHECK(server.poll_echo(sid)->body() == "4later");
}

TEST_CASE("one answer has at most sixteen packets, the next one the rest") {
    EchoEngine server;
    const std::string sid = server.open();
    std::string burst = "4-1";
    for (int i = 0; i < 40; ++i)
        burst +=
            "\x1e"
            "4" +
            std::to_string(i);
    server.post_echo(sid, burst);
    const std::string first = server.poll_echo(sid)->body();
    CHECK(std::count(first.begin(), first.end(), '\x1e') == 15);
    CHECK(
        first.starts_with("4-1\x1e"
                          "40\x1e"));
    const std::string second = server.poll_echo(sid)->body();
    CHECK(second.starts_with("415\x1e"));
    CHECK(
        server.poll_echo(sid)->body().ends_with("\x1e"
                                                "439"));
    CHECK_FALSE(server.poll_echo(sid)->response);
}

TEST_CASE("a second poll at once ends the session") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto first = server.poll_echo(sid);
    const auto second = server.poll_echo(sid);
    CHECK(first->status() == 200);
    CHECK(first->body() == "1");
    CHECK(second->status() == 400);
    CHECK(server.poll_echo(sid)->status() == 400);
    CHECK(server.echo.closes == std::vector<std::string>{"transport_error"});
}

TEST_CASE("a malformed payload ends the session") {
    for (const auto& body :
         {std::string("abc"), std::string(""), std::string("4a\x1e"), std::string("b!!"), std::string("4\xC3\x28")}) {
        EchoEngine server;
        const std::string sid = server.open();
        CHECK(server.post_echo(sid, body)->status() == 400);
        CHECK(server.poll_echo(sid)->status() == 400);
        CHECK(server.echo.closes == std::vector<std::string>{"parse_error"});
    }
}

TEST_CASE("a client closes its polling session with a packet") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    CHECK(server.post_echo(sid, "1")->body() == "ok");
    CHECK(poll->body() == "6");
    CHECK(server.poll_echo(sid)->status() == 400);
    CHECK(server.echo.closes == std::vector<std::string>{"transport_close"});
}

TEST_CASE("a poll that its client gives up ends the session") {
    EchoEngine server(2);
    const std::string sid = server.open(0);
    const auto poll = server.poll_echo(sid, 1);
    REQUIRE(poll->abandon);
    server.host.event_loops.on(1, poll->abandon);
    CHECK(poll->dropped);
    CHECK(server.echo.closes == std::vector<std::string>{"transport_close"});
    CHECK(server.poll_echo(sid)->status() == 400);
}

TEST_CASE("giving up a poll that was answered does no harm") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    server.post_echo(sid, "4x");
    server.host.event_loops.on(0, poll->abandon);
    CHECK(server.echo.closes.empty());
    CHECK_FALSE(server.poll_echo(sid)->response);
}

TEST_CASE("requests of a session are served wherever they come in") {
    EchoEngine server(2);
    const std::string sid = server.open(1);
    const auto poll = server.poll_echo(sid, 0);
    CHECK(server.post_echo(sid, "4across", 0)->body() == "ok");
    CHECK(poll->body() == "4across");
}

TEST_CASE("a server's close reaches a poll, behind what was sent before and apart from it") {
    EchoEngine server;
    const std::string waiting = server.open();
    const auto poll = server.poll_echo(waiting);
    server.post_echo(waiting,
                     "4hi\x1e"
                     "4please close\x1e"
                     "4not heard");
    CHECK(poll->body() == "4hi");
    CHECK(server.poll_echo(waiting)->body() == "1");
    CHECK(server.echo.closes == std::vector<std::string>{"server_close"});
    const std::string idle = server.open();
    const auto idle_poll = server.poll_echo(idle);
    server.post_echo(idle, "4please close");
    CHECK(idle_poll->body() == "1");
    const std::string absent = server.open();
    server.post_echo(absent,
                     "4hi\x1e"
                     "4please close");
    CHECK(server.poll_echo(absent)->body() == "4hi");
    CHECK(server.poll_echo(absent)->body() == "1");
    CHECK(server.echo.closes.size() == 3);
}

TEST_CASE("a closing session does not wait for a poll for ever, nor for one when its client closes too") {
    EchoEngine server;
    const std::string gone = server.open();
    server.post_echo(gone, "4please close");
    CHECK(server.echo.closes.empty());
    server.advance(400ms);
    CHECK(server.echo.closes == std::vector<std::string>{"server_close"});
    const std::string polite = server.open();
    server.post_echo(polite, "4please close");
    CHECK(server
              .post_echo(polite,
                         "4ignored\x1e"
                         "1")
              ->body() == "ok");
    CHECK(server.echo.closes.size() == 2);
}

TEST_CASE("a WebSocket carries messages both ways") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    socket->sent.clear();
    server.send(*socket, "4hello");
    server.send_binary(*socket, "\x01\x02");
    server.send(*socket, "bAwQ=");
    CHECK(texts(*socket) == std::vector<std::string>{"4hello", "<\x01\x02>", "<\x03\x04>"});
    CHECK_FALSE(socket->closed);
}

TEST_CASE("a malformed frame closes a WebSocket with 1002") {
    for (const std::string_view frame : {"abc", "", "7", "b!", "2"}) {
        EchoEngine server;
        const auto socket = server.echo_socket();
        server.send(*socket, frame);
        REQUIRE(socket->closed);
        CHECK(socket->closed->code == 1002);
        CHECK(server.echo.closes.size() == 1);
    }
}

TEST_CASE("the server pings, and a client that answers stays") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    socket->sent.clear();
    for (int i = 0; i < 5; ++i) {
        server.advance(330ms);
        CHECK(texts(*socket) == std::vector<std::string>{"2"});
        socket->sent.clear();
        server.send(*socket, "3");
    }
    CHECK_FALSE(socket->closed);
    CHECK(server.echo.closes.empty());
}

TEST_CASE("pongs that nobody asked for change nothing") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    server.advance(200ms);
    server.send(*socket, "3");
    socket->sent.clear();
    server.advance(120ms);
    CHECK(texts(*socket) == std::vector<std::string>{"2"});
}

TEST_CASE("the first ping comes early, so that what a client was sent at its beginning is soon known to have arrived") {
    auto config = small_config();
    config.set("ping_interval", 10s);
    Desk server(config);
    const auto socket = server.client();
    server.advance(1100ms);
    CHECK(texts(*socket) == std::vector<std::string>{"2"});
    server.send(*socket, "3");
    socket->sent.clear();
    server.advance(9950ms);
    CHECK(socket->sent.empty());
    server.advance(300ms);
    CHECK(texts(*socket) == std::vector<std::string>{"2"});
}

TEST_CASE("a client that does not answer the ping is closed, on either transport") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    server.advance(330ms);
    CHECK(poll->body() == "2");
    CHECK(server.echo.closes.empty());
    server.advance(250ms);
    CHECK(server.echo.closes == std::vector<std::string>{"ping_timeout", "ping_timeout"});
    CHECK(socket->closed);
    CHECK(server.poll_echo(sid)->status() == 400);
}

TEST_CASE("polling sessions that are abandoned are taken back") {
    EchoEngine server;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) CHECK(server.open().size() == 20);
        CHECK(server.get("EIO=4&transport=polling")->status() == 503);
        CHECK(server.try_websocket("EIO=4&transport=websocket", 0, "/engine.io/").error().code == Errc::unavailable);
        server.advance(600ms);
    }
    CHECK(server.echo.closes.size() == 12);
}

TEST_CASE("a session goes over from long-polling to a WebSocket and loses nothing") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    const auto socket = server.echo_socket(sid);
    CHECK(socket->sent.empty());
    server.send(*socket, "2probe");
    CHECK(texts(*socket) == std::vector<std::string>{"3probe"});
    CHECK(poll->body() == "6");
    CHECK(server.post_echo(sid, "4on its way")->body() == "ok");
    server.send(*socket, "5");
    CHECK(texts(*socket) == std::vector<std::string>{"3probe", "4on its way"});
    server.send(*socket, "4hello");
    CHECK(socket->sent.back().payload == "4hello");
    CHECK(server.poll_echo(sid)->body() == R"({"code":3,"message":"Bad request"})");
    CHECK(server.post_echo(sid, "4late")->status() == 400);
    const auto second = server.echo_socket(sid);
    CHECK(second->closed);
    CHECK(server.echo.closes.empty());
    server.hang_up(*socket);
    CHECK(server.echo.closes == std::vector<std::string>{"transport_close"});
}

TEST_CASE("an upgrading WebSocket is brought to its session's loop") {
    EchoEngine server(2);
    const std::string sid = server.open(1);
    const auto socket = server.echo_socket(sid, 0);
    CHECK(socket->loop() == 1);
    server.send(*socket, "2probe");
    server.send(*socket, "5");
    server.send(*socket, "4hello");
    CHECK(socket->sent.back().payload == "4hello");
}

TEST_CASE("a poll during the probe is sent away at once") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto socket = server.echo_socket(sid);
    server.send(*socket, "2probe");
    CHECK(server.poll_echo(sid)->body() == "6");
}

TEST_CASE("an upgrade that does not end in time, or goes wrong, leaves the session on long-polling") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto failed = server.echo_socket(sid);
    server.send(*failed, "5");
    CHECK(failed->closed);
    const auto broken = server.echo_socket(sid);
    server.send(*broken, "2probe");
    server.hang_up(*broken);
    const auto slow = server.echo_socket(sid);
    server.send(*slow, "2probe");
    const auto other = server.echo_socket(sid);
    CHECK(other->closed);
    for (int i = 0; i < 4; ++i) {
        server.advance(330ms);
        server.poll_echo(sid);
        server.post_echo(sid, "3");
    }
    CHECK(slow->closed);
    CHECK(server.echo.closes.empty());
    const auto poll = server.poll_echo(sid);
    server.post_echo(sid, "4still here");
    CHECK(poll->body() == "4still here");
}

TEST_CASE("a polling client that leaves too much unread is closed") {
    EchoEngine server;
    const std::string sid = server.open();
    const std::string message = "4" + std::string(60'000, 'x');
    for (int i = 0; i < 3; ++i) CHECK(server.post_echo(sid, message)->body() == "ok");
    CHECK(server.echo.closes.empty());
    server.post_echo(sid, message);
    CHECK(server.echo.closes == std::vector<std::string>{"slow_reader"});
}

TEST_CASE("when the server drains, sessions of either transport are closed and none is let in") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    const std::string sid = server.open();
    const auto poll = server.poll_echo(sid);
    server.plugin->drain({server.host.manual_clock.steady_now() - 1h, RequestId()});
    server.host.event_loops.run_ready();
    CHECK(socket->closed->code == 1001);
    CHECK(poll->body() == "1");
    CHECK(server.echo.closes == std::vector<std::string>{"shutdown", "shutdown"});
    CHECK(server.get("EIO=4&transport=polling")->status() == 503);
}

TEST_CASE("a timer that comes after the plugin's end finds nothing") {
    Echo echo;
    FakeHost host(small_config());
    {
        auto plugin = std::make_unique<SocketIoPlugin>(host);
        REQUIRE(plugin->start(host.context()).ok());
        host.event_loops.on(0, [&] {
            HttpRequest request;
            request.path = "/socket.io/";
            request.raw_query = "EIO=4&transport=polling";
            host.router.send(std::move(request));
        });
        plugin->stop({host.manual_clock.steady_now() - 1h, RequestId()});
        host.event_loops.run_ready();
    }
    host.event_loops.advance(10s);
}
