#include "echo_engine.hpp"

using namespace televisit;
using namespace televisit::socketio;
using namespace televisit::socketio::test;

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
        {"EIO=4&transport=websocket&sid=abc", R"({"code":1,"message":"Session ID unknown"})"},
        {"EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", R"({"code":1,"message":"Session ID unknown"})"},
        {"EIO=4&transport=polling&sid=____________________", R"({"code":1,"message":"Session ID unknown"})"},
    };
    for (const auto& [query, body] : golden) {
        INFO(query);
        const auto answer = server.get(query);
        CHECK(answer->status() == 400);
        CHECK(answer->body() == body);
    }
    for (const HttpMethod method : {HttpMethod::post, HttpMethod::put, HttpMethod::patch, HttpMethod::del}) {
        const auto answer = server.http(method, "EIO=4&transport=polling", "4x", 0, "/engine.io/");
        CHECK(answer->status() == 400);
        CHECK(answer->body() == R"({"code":2,"message":"Bad handshake method"})");
    }
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

TEST_CASE("an empty session id asks for a new session") {
    EchoEngine server;
    CHECK(server.get("EIO=4&transport=polling&sid=")->status() == 200);
}

TEST_CASE("a request that does not fit its session is a bad one, and does the session no harm") {
    EchoEngine server;
    const std::string sid = server.open();
    for (const std::string query : {"EIO=3&transport=polling", "transport=polling", "EIO=4&transport=websocket"}) {
        INFO(query);
        const auto answer = server.get(query + "&sid=" + sid);
        CHECK(answer->status() == 400);
        CHECK(answer->body() == R"({"code":3,"message":"Bad request"})");
    }
    CHECK(server.http(HttpMethod::put, "EIO=4&transport=polling&sid=" + sid, "4x", 0, "/engine.io/")->status() == 400);
    CHECK_FALSE(server.try_websocket("EIO=3&transport=websocket&sid=" + sid, 0, "/engine.io/").ok());
    server.post_echo(sid, "4hello");
    CHECK(server.poll_echo(sid)->body() == "4hello");
}
