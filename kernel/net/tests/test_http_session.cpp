#include "server_fixture.hpp"

namespace televisit::net::testing {
namespace {

using std::chrono::milliseconds;

HttpResponse text(std::string body) {
    return {200, {{"Content-Type", "text/plain"}}, std::move(body)};
}

int status_of(const std::string& answer) {
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

}  // namespace

TEST_CASE("pipelined requests are answered in order, one at a time") {
    ServerFixture fixture;
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(HttpMethod::get, "/wait",
                  [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { waiting.put(std::move(responder)); });
    Client client(fixture.listen());
    client.send(
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.receive_answer().ends_with("hello"));
    auto first = waiting.take();
    fixture.server->loops().run_on(0, [] {});
    CHECK(waiting.empty());
    first->respond(text("one"));
    CHECK(client.receive_answer().ends_with("one"));
    waiting.take()->respond(text("two"));
    CHECK(client.receive_answer().ends_with("two"));
    CHECK(client.receive_answer().ends_with("hello"));
}

TEST_CASE("a flood of pipelined requests is left in the socket while one is served") {
    ServerOptions options;
    options.max_pipelined = 1000;
    ServerFixture fixture(options);
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(HttpMethod::get, "/wait",
                  [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { waiting.put(std::move(responder)); });
    Client client(fixture.listen());
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    auto responder = waiting.take();
    std::string flood;
    for (int i = 0; i < 5000; ++i) flood += "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    std::thread sender([&] { client.send(flood); });
    fixture.wait_for(&LoopSnapshot::requests, 0);
    responder->respond(text("done"));
    CHECK(client.receive_answer().ends_with("done"));
    for (int i = 0; i < 5000; ++i) REQUIRE(client.receive_answer().ends_with("hello"));
    sender.join();
}

TEST_CASE("a handler sees the request whole") {
    ServerFixture fixture;
    Mailbox<HttpRequest> seen;
    fixture.route(HttpMethod::post, "/s/{id}/{rest*}",
                  [&](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
                      seen.put(std::move(request));
                      responder->respond({201, {{"Location", "/s/1"}}, ""});
                  });
    Client client(fixture.listen());
    client.send(
        "POST /s/a%20b/c/d?q=%31 HTTP/1.1\r\nHost: visit.example:81\r\nX-Request-Id: mine-1\r\nX-Other: v\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    const std::string answer = client.receive_answer();
    CHECK(answer.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(contains(answer, "X-Request-Id: mine-1\r\n"));
    CHECK(contains(answer, "Location: /s/1\r\n"));
    CHECK(contains(answer, "Content-Length: 0\r\n"));
    const HttpRequest request = seen.take();
    CHECK(request.param("id") == "a b");
    CHECK(request.param("rest") == "c/d");
    CHECK(*request.query_value("q") == "1");
    CHECK(request.header("x-other") == "v");
    CHECK(request.body == "abc");
    CHECK(request.origin == "http://visit.example:81");
    CHECK(request.remote_address == "127.0.0.1");
    CHECK(request.id.str() == "mine-1");
    CHECK(request.loop == 0);
}

TEST_CASE("an answer may come from any thread, and only the first counts") {
    ServerFixture fixture;
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(HttpMethod::get, "/wait",
                  [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { waiting.put(std::move(responder)); });
    Client client(fixture.listen());
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    {
        const auto responder = waiting.take();
        responder->respond(text("first"));
        responder->respond(text("second"));
    }
    CHECK(client.receive_answer().ends_with("first"));
    CHECK(client.get("/hello").ends_with("hello"));
}

TEST_CASE("a responder destroyed without an answer answers 500") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/lost", [](HttpRequest, std::unique_ptr<HttpResponder>) {});
    Client client(fixture.listen());
    CHECK(status_of(client.get("/lost")) == 500);
}

TEST_CASE("a handler that throws costs a 500, and is named") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/throw",
                  [](HttpRequest, std::unique_ptr<HttpResponder>) { throw std::runtime_error("secret detail"); });
    Client client(fixture.listen());
    const std::string answer = client.get("/throw");
    CHECK(status_of(answer) == 500);
    CHECK_FALSE(contains(answer, "secret"));
    CHECK(fixture.faults.take() == "test: secret detail");
    CHECK(client.get("/hello").ends_with("hello"));
}

TEST_CASE("at its deadline a request is answered 503, and the late answer dropped") {
    ServerFixture fixture;
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(
        HttpMethod::get, "/wait",
        [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { waiting.put(std::move(responder)); },
        [](HttpRoute& route) { route.deadline = milliseconds(500); });
    Client client(fixture.listen());
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto responder = waiting.take();
    fixture.advance(milliseconds(600));
    const std::string answer = client.receive_answer();
    CHECK(status_of(answer) == 503);
    CHECK(contains(answer, "\r\nRetry-After: 1\r\n"));
    CHECK(contains(answer, "\"code\":\"timeout\""));
    responder->respond(text("late"));
    CHECK(client.get("/hello").ends_with("hello"));
    CHECK(fixture.count(&LoopSnapshot::late_answers) == 1);
}

TEST_CASE("a client that goes away abandons its request") {
    ServerFixture fixture;
    Mailbox<std::string> told;
    Mailbox<std::unique_ptr<HttpResponder>> waiting;
    fixture.route(HttpMethod::get, "/poll", [&](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->on_abandoned([&] { told.put("abandoned"); });
        waiting.put(std::move(responder));
    });
    Client client(fixture.listen());
    client.send("GET /poll HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto responder = waiting.take();
    client.close();
    CHECK(told.take() == "abandoned");
    responder->respond(text("to nobody"));
    const Access access = fixture.access.take();
    CHECK(access.status == 499);
    CHECK(access.route == "/poll");
    CHECK(fixture.count(&LoopSnapshot::abandoned) == 1);
}

TEST_CASE("HEAD is answered like GET, without the body") {
    ServerFixture fixture;
    Client client(fixture.listen());
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = client.receive_answer(false);
    CHECK(status_of(answer) == 200);
    CHECK(contains(answer, "Content-Length: 5\r\n"));
    CHECK(answer.ends_with("\r\n\r\n"));
    CHECK(client.get("/hello").ends_with("hello"));
}

TEST_CASE("what is not there is a problem document") {
    ServerFixture fixture;
    Client client(fixture.listen());
    const std::string missing = client.get("/nothing");
    CHECK(status_of(missing) == 404);
    CHECK(contains(missing, "Content-Type: application/problem+json\r\n"));
    CHECK(contains(missing, R"("title":"Not Found","status":404,)"));
    CHECK(contains(missing, R"("code":"not_found")"));
    client.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string wrong = client.receive_answer();
    CHECK(status_of(wrong) == 405);
    CHECK(contains(wrong, "Allow: GET, HEAD, OPTIONS\r\n"));
    client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(client.receive_answer()) == 204);
}

TEST_CASE("204 and 304 have neither body nor length") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/304", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond({304, {{"ETag", "\"1\""}}, "not to be sent"});
    });
    Client client(fixture.listen());
    const std::string answer = client.get("/304");
    CHECK(status_of(answer) == 304);
    CHECK_FALSE(contains(answer, "Content-Length"));
    CHECK(answer.ends_with("\r\n\r\n"));
    CHECK(client.get("/hello").ends_with("hello"));
}

TEST_CASE("a handler cannot break the framing of its answer") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/split", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {{"X-A", "a\r\nX-B: b"}}, ""});
    });
    fixture.route(HttpMethod::get, "/own", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond(
            {200, {{"content-length", "99"}, {"Transfer-Encoding", "chunked"}, {"Date", "never"}}, "own"});
    });
    Client client(fixture.listen());
    CHECK(status_of(client.get("/split")) == 500);
    CHECK(contains(fixture.faults.take(), "cannot be sent"));
    const std::string answer = client.get("/own");
    CHECK(answer.ends_with("\r\n\r\nown"));
    CHECK_FALSE(contains(answer, "Length: 99"));
    CHECK_FALSE(contains(answer, "chunked"));
    CHECK_FALSE(contains(answer, "never"));
}

TEST_CASE("a framing fault is answered 400, and the connection closed") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    for (const std::string request :
         {"POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET "
          "/hello",
          "GET /hello HTTP/1.1\r\n\r\n", "GET /hello HTTP/1.1\nHost: a\n\n",
          "GET /hello HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"}) {
        Client client(port);
        client.send(request);
        const std::string answer = client.receive_all();
        CHECK(status_of(answer) == 400);
        CHECK(contains(answer, "Connection: close\r\n"));
        CHECK(contains(answer, "\"code\":\"malformed_request\""));
        CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
    }
    CHECK(fixture.count(&LoopSnapshot::protocol_errors) == 5);
    CHECK(Client(port).get("/hello").ends_with("hello"));
}

TEST_CASE("a header flood is refused though its sender never stops") {
    ServerFixture fixture;
    Client client(fixture.listen());
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 2000; ++i)
        if (!client.send("X-Flood: " + std::string(100, 'x') + "\r\n")) break;
    CHECK(status_of(client.receive_answer()) == 431);
}

TEST_CASE("a body above the route's limit is refused") {
    ServerFixture fixture;
    fixture.route(
        HttpMethod::post, "/small",
        [](HttpRequest, std::unique_ptr<HttpResponder> responder) { responder->respond(text("ok")); },
        [](HttpRoute& route) { route.max_body = 3; });
    const auto port = fixture.listen();
    Client fits(port);
    fits.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(status_of(fits.receive_answer()) == 200);
    Client large(port);
    large.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(status_of(large.receive_all()) == 413);
}

TEST_CASE("who expects it is told to continue") {
    ServerFixture fixture;
    fixture.route(HttpMethod::post, "/echo", [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
        responder->respond(text(request.body));
    });
    Client client(fixture.listen());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.receive_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    CHECK(client.receive_answer().ends_with("\r\n\r\nbody"));
}

TEST_CASE("a byte a second does not outlive the total deadline of a head") {
    ServerFixture fixture;
    Client client(fixture.listen());
    const std::string head = "GET /hello HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 0; i < 14; ++i) {
        client.send(head.substr(i, 1));
        fixture.wait_for(&LoopSnapshot::bytes_in, i + 1);
        fixture.advance(milliseconds(1000));
    }
    CHECK(fixture.count(&LoopSnapshot::timeouts) == 0);
    fixture.advance(milliseconds(1100));
    CHECK(status_of(client.receive_all()) == 408);
    CHECK(fixture.count(&LoopSnapshot::timeouts) == 1);
}

TEST_CASE("a byte a second does not outlive the total deadline of a body") {
    ServerFixture fixture;
    fixture.route(HttpMethod::post, "/post",
                  [](HttpRequest, std::unique_ptr<HttpResponder> responder) { responder->respond(text("ok")); });
    Client client(fixture.listen());
    const std::string head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";
    client.send(head);
    for (std::size_t i = 0; i < 14; ++i) {
        fixture.wait_for(&LoopSnapshot::bytes_in, head.size() + i);
        fixture.advance(milliseconds(1000));
        client.send("x");
    }
    fixture.advance(milliseconds(1100));
    CHECK(status_of(client.receive_all()) == 408);
}

TEST_CASE("connections that send nothing, and idle ones, are closed without a word") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    Client silent(port);
    fixture.wait_for(&LoopSnapshot::connections, 1);
    fixture.advance(milliseconds(15'100));
    CHECK(silent.receive_all().empty());
    Client idle(port);
    CHECK(idle.get("/hello").ends_with("hello"));
    fixture.advance(milliseconds(74'000));
    CHECK(idle.get("/hello").ends_with("hello"));
    fixture.advance(milliseconds(75'100));
    CHECK(idle.receive_all().empty());
}

TEST_CASE("an answer that nobody reads ends with its connection") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/large", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond(text(std::string(30'000'000, 'x')));
    });
    const auto port = fixture.listen();
    Client client(port, 4096);
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(fixture.access.take().bytes == 30'000'000);
    CHECK(Client(port).get("/hello").ends_with("hello"));
    fixture.advance(milliseconds(60'000 + 30'000'000 / 16));
    fixture.wait_for(&LoopSnapshot::timeouts, 1);
    CHECK(client.receive_all().size() < 30'000'000);
}

TEST_CASE("a large answer arrives whole") {
    ServerFixture fixture;
    const std::string body(5'000'000, 'y');
    fixture.route(HttpMethod::get, "/large",
                  [&](HttpRequest, std::unique_ptr<HttpResponder> responder) { responder->respond(text(body)); });
    Client client(fixture.listen());
    CHECK(client.get("/large").ends_with("\r\n\r\n" + body));
    CHECK(client.get("/hello").ends_with("hello"));
}

TEST_CASE("HTTP/1.0 and Connection: close end the connection after the answer") {
    ServerFixture fixture;
    const auto port = fixture.listen();
    for (const std::string request :
         {"GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
        Client client(port);
        client.send(request);
        const std::string answer = client.receive_all();
        CHECK(contains(answer, "Connection: close\r\n"));
        CHECK(answer.ends_with("hello"));
    }
}

TEST_CASE("a request whose sender has finished sending is still answered from the loop") {
    ServerFixture fixture;
    Client client(fixture.listen());
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    client.end_sending();
    CHECK(client.receive_all().ends_with("hello"));
}

TEST_CASE("a handler that holds the loop is reported by name") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/block", [&](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        fixture.clock.advance(milliseconds(300));
        responder->respond(text("at last"));
    });
    Client client(fixture.listen());
    CHECK(client.get("/block").ends_with("at last"));
    CHECK(fixture.slow.take() == "test//block");
    CHECK(fixture.server->snapshot().loops[0].slow_steps == 1);
}

TEST_CASE("routes are counted by status and time") {
    ServerFixture fixture;
    Client client(fixture.listen());
    client.get("/hello");
    client.get("/hello");
    const auto routes = fixture.server->snapshot().routes;
    REQUIRE(routes.size() == 1);
    CHECK(routes[0].route == "/hello");
    CHECK(routes[0].owner == "test");
    CHECK(routes[0].count == 2);
    CHECK(routes[0].latency[0] == 2);
    CHECK(routes[0].by_status == std::vector<std::pair<std::uint16_t, std::uint64_t>>{{200, 2}});
}

TEST_CASE("origins that are configured are echoed, others get no leave") {
    ServerOptions options;
    options.cors_origins = {"https://portal.example", "http://localhost:3000/"};
    ServerFixture fixture(options);
    Client client(fixture.listen());
    const std::string allowed = client.get("/hello", "Origin: https://portal.example\r\n");
    CHECK(contains(allowed, "Access-Control-Allow-Origin: https://portal.example\r\n"));
    CHECK(contains(allowed, "Access-Control-Allow-Credentials: true\r\n"));
    CHECK(contains(allowed, "Access-Control-Expose-Headers: ETag, Location, Retry-After"));
    CHECK(contains(allowed, "Vary: Origin\r\n"));
    CHECK(
        contains(client.get("/hello", "Origin: http://localhost:3000\r\n"), "Allow-Origin: http://localhost:3000\r\n"));
    const std::string other = client.get("/hello", "Origin: https://evil.example\r\n");
    CHECK_FALSE(contains(other, "Access-Control"));
    CHECK(contains(other, "Vary: Origin\r\n"));
    CHECK(contains(client.get("/missing", "Origin: https://portal.example\r\n"),
                   "Access-Control-Allow-Origin: https://portal"));
}

TEST_CASE("a preflight is answered for the routes there are") {
    ServerOptions options;
    options.cors_origins = {"https://portal.example"};
    ServerFixture fixture(options);
    Client client(fixture.listen());
    const auto preflight = [&](const std::string& path, const std::string& origin) {
        client.send("OPTIONS " + path + " HTTP/1.1\r\nHost: a\r\nOrigin: " + origin +
                    "\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
        return client.receive_answer();
    };
    const std::string allowed = preflight("/hello", "https://portal.example");
    CHECK(status_of(allowed) == 204);
    CHECK(contains(allowed, "Access-Control-Allow-Origin: https://portal.example\r\n"));
    CHECK(contains(allowed, "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
    CHECK(
        contains(allowed, "Access-Control-Allow-Headers: Authorization, Content-Type, If-Match, Idempotency-Key\r\n"));
    CHECK_FALSE(contains(preflight("/hello", "https://evil.example"), "Access-Control"));
    CHECK(status_of(preflight("/missing", "https://portal.example")) == 404);
}

TEST_CASE("any origin never comes with credentials") {
    ServerOptions options;
    options.cors_origins = {"*"};
    ServerFixture fixture(options);
    Client client(fixture.listen());
    const std::string answer = client.get("/hello", "Origin: https://any.example\r\n");
    CHECK(contains(answer, "Access-Control-Allow-Origin: *\r\n"));
    CHECK_FALSE(contains(answer, "Credentials"));
}

TEST_CASE("a handler that answers CORS by itself sees the preflight, and keeps its fields") {
    ServerOptions options;
    options.cors_origins = {"https://portal.example"};
    ServerFixture fixture(options);
    fixture.route(
        HttpMethod::post, "/own",
        [](HttpRequest request, std::unique_ptr<HttpResponder> responder) {
            responder->respond({200, {{"Access-Control-Allow-Origin", "own"}}, std::string(to_string(request.method))});
        },
        [](HttpRoute& route) { route.cors = CorsMode::handler; });
    Client client(fixture.listen());
    client.send(
        "OPTIONS /own HTTP/1.1\r\nHost: a\r\nOrigin: https://portal.example\r\n"
        "Access-Control-Request-Method: POST\r\n\r\n");
    const std::string answer = client.receive_answer();
    CHECK(contains(answer, "Access-Control-Allow-Origin: own\r\n"));
    CHECK_FALSE(contains(answer, "portal"));
    CHECK(answer.ends_with("OPTIONS"));
}

TEST_CASE("every answer keeps browsers from guessing its type, once") {
    ServerFixture fixture;
    fixture.route(HttpMethod::get, "/own", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
        responder->respond({200, {{"x-content-type-options", "nosniff"}}, "own"});
    });
    Client client(fixture.listen());
    for (const std::string path : {"/hello", "/nothing", "/own"}) {
        const std::string answer = client.get(path);
        const bool own = path == "/own";
        CHECK(contains(answer, "x-content-type-options: nosniff\r\n") == own);
        CHECK(contains(answer, "X-Content-Type-Options: nosniff\r\n") == !own);
    }
    client.send("rubbish\r\n\r\n");
    CHECK(contains(client.receive_answer(), "X-Content-Type-Options: nosniff\r\n"));
}

TEST_CASE("https alone is asked for from those who came by it, and where it is configured") {
    const auto asked = [](std::chrono::seconds hsts, const std::vector<std::string>& proxies,
                          const std::string& fields) {
        ServerOptions options;
        options.hsts = hsts;
        options.trusted_proxies = proxies;
        ServerFixture fixture(std::move(options));
        Client client(fixture.listen());
        return contains(client.get("/hello", fields), "Strict-Transport-Security: max-age=86400\r\n");
    };
    constexpr std::chrono::hours kDay{24};
    const std::string https = "X-Forwarded-Proto: https\r\n";
    CHECK(asked(kDay, {"127.0.0.1"}, https));
    CHECK_FALSE(asked(kDay, {"127.0.0.1"}, "X-Forwarded-Proto: http\r\n"));
    CHECK_FALSE(asked(kDay, {"127.0.0.1"}, ""));
    CHECK_FALSE(asked(kDay, {}, https));
    CHECK_FALSE(asked(std::chrono::seconds(0), {"127.0.0.1"}, https));
}

}  // namespace televisit::net::testing
