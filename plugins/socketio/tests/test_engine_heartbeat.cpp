#include "echo_engine.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

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

TEST_CASE("a client that sends something else first gets the time for its pong anew, once") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    server.advance(330ms);
    server.advance(150ms);
    server.send(*socket, "4still sending");
    server.advance(150ms);
    CHECK_FALSE(socket->closed);
    server.send(*socket, "4still sending");
    server.advance(100ms);
    CHECK(socket->closed);
    CHECK(server.echo.closes == std::vector<std::string>{"ping_timeout"});
}

TEST_CASE("a session whose time is over is not served, however late the timer is") {
    EchoEngine server;
    const std::string sid = server.open();
    server.advance(300ms);
    server.host.manual_clock.advance(199ms);
    CHECK(server.post_echo(sid, "6")->status() == 200);
    server.host.manual_clock.advance(201ms);
    CHECK(server.poll_echo(sid)->status() == 400);
}

TEST_CASE("a pong is due from when its ping was, not from when the timer came to it") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    server.host.manual_clock.advance(308ms);
    server.advance(1ms);
    CHECK(texts(*socket).back() == "2");
    server.advance(192ms);
    CHECK(socket->closed);
}

TEST_CASE("clients of a server that stood still have their time to answer") {
    EchoEngine server;
    const auto socket = server.echo_socket();
    server.host.manual_clock.advance(60s);
    server.advance(1ms);
    CHECK(texts(*socket).back() == "2");
    server.advance(150ms);
    server.send(*socket, "3");
    server.advance(100ms);
    CHECK_FALSE(socket->closed);
}
