#include "echo_engine.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

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
    CHECK(poll->status() == 400);  // after a closing packet clients of Python would stay away
    CHECK(poll->body() == R"({"code":1,"message":"Session ID unknown"})");
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

TEST_CASE("a WebSocket whose client cannot read binary frames gets them as base64") {
    EchoEngine server;
    auto channel = server.try_websocket("EIO=4&transport=websocket&b64=1", 0, "/engine.io/");
    REQUIRE(channel.ok());
    channel.value()->sent.clear();
    server.send_binary(*channel.value(), "\x01\x02\x03\x04");
    server.send(*channel.value(), "4hello");
    CHECK(texts(*channel.value()) == std::vector<std::string>{"bAQIDBA==", "4hello"});
}
