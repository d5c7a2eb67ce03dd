#include "echo_engine.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

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

TEST_CASE("a session that is closing when its client goes over says what it has to say there, and ends") {
    EchoEngine server;
    const std::string sid = server.open();
    const auto socket = server.echo_socket(sid);
    server.send(*socket, "2probe");
    server.post_echo(sid,
                     "4last words\x1e"
                     "4please close");
    CHECK(server.echo.closes.empty());
    server.send(*socket, "5");
    CHECK(texts(*socket) == std::vector<std::string>{"3probe", "4last words"});
    REQUIRE(socket->closed);
    CHECK(socket->closed->code == 1000);
    CHECK(server.echo.closes == std::vector<std::string>{"server_close"});
}
