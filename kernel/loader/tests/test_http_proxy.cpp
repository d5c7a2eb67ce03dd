#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/http_proxy.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

class Handler final : public HttpHandler {
  public:
    explicit Handler(std::function<HttpResponse(const HttpRequest&)> f) : function(std::move(f)) {}
    HttpResponse handle(const HttpRequest& request, const CallContext&) override { return function(request); }
    std::function<HttpResponse(const HttpRequest&)> function;
};

class LoopHandler final : public HttpLoopHandler {
  public:
    void handle(HttpRequest, std::unique_ptr<HttpResponder> responder) override {
        responder->respond({.body = "loop"});
    }
};

struct Exchange {
    explicit Exchange(HttpLoopHandler& handler) {
        HttpRequest request;
        request.body = "ping";
        handler.handle(std::move(request), std::make_unique<FakeResponder>(answer));
    }
    HttpResponse wait() { return answer->wait(); }
    std::shared_ptr<FakeResponder::Answer> answer = std::make_shared<FakeResponder::Answer>();
};

std::string header(const HttpResponse& response, const std::string& name) {
    for (const HttpHeader& field : response.headers)
        if (field.name == name) return field.value;
    return {};
}

}  // namespace

TEST_CASE("a worker handler answers from its plugin's pool") {
    BorderFixture f;
    HttpRouterProxy router(f.border);
    Handler handler([&](const HttpRequest& request) {
        return HttpResponse{.status = 201, .body = request.body + (f.pool.is_current() ? " pong" : "")};
    });
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    Exchange exchange(*f.frontend.handler("/x"));
    const auto response = exchange.wait();
    CHECK(response.status == 201);
    CHECK(response.body == "ping pong");
}

TEST_CASE("a route without a deadline has that of its plugin") {
    BorderFixture f(8, std::chrono::milliseconds(1234));
    HttpRouterProxy router(f.border);
    Handler handler([](const HttpRequest&) { return HttpResponse{}; });
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    REQUIRE(router.add({.name = "y", .pattern = "/y", .deadline = std::chrono::seconds(9)}, handler));
    CHECK(router.routes().at(0).deadline == std::chrono::milliseconds(1234));
    CHECK(router.routes().at(1).deadline == std::chrono::seconds(9));
}

TEST_CASE("a full pool is answered 503 with Retry-After at once") {
    BorderFixture f(0);
    HttpRouterProxy router(f.border);
    Handler handler([](const HttpRequest&) { return HttpResponse{}; });
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    f.occupy();
    Exchange exchange(*f.frontend.handler("/x"));
    const auto response = exchange.wait();
    CHECK(response.status == 503);
    CHECK(header(response, "Retry-After") == "1");
    CHECK(header(response, "Content-Type") == "application/problem+json");
    f.release.set();
}

TEST_CASE("what a handler throws is answered 500 with none of its text, and counted") {
    BorderFixture f;
    HttpRouterProxy router(f.border);
    Handler handler([](const HttpRequest&) -> HttpResponse { throw std::runtime_error("SELECT secret"); });
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    Exchange exchange(*f.frontend.handler("/x"));
    const auto response = exchange.wait();
    CHECK(response.status == 500);
    CHECK(response.body.find("SELECT") == std::string::npos);
    CHECK(response.body.find("\"internal\"") != std::string::npos);
    REQUIRE(f.logger.lines().size() == 1);
    CHECK(f.logger.lines()[0].find("call=route x") != std::string::npos);
}

TEST_CASE("a request that waited beyond its deadline is not begun") {
    BorderFixture f;
    HttpRouterProxy router(f.border);
    bool begun = false;
    Handler handler([&](const HttpRequest&) {
        begun = true;
        return HttpResponse{};
    });
    REQUIRE(router.add({.name = "x", .pattern = "/x", .deadline = std::chrono::milliseconds(1)}, handler));
    f.occupy();
    Exchange exchange(*f.frontend.handler("/x"));
    Event passed;
    f.timers.at(f.clock.steady_now() + std::chrono::milliseconds(2), [&] { passed.set(); });
    REQUIRE(passed.wait());
    f.release.set();
    CHECK(exchange.wait().status == 503);
    CHECK_FALSE(begun);
}

TEST_CASE("requests that a stopping pool drops are answered 503") {
    BorderFixture f;
    HttpRouterProxy router(f.border);
    Handler handler([](const HttpRequest&) { return HttpResponse{}; });
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    f.occupy();
    Exchange exchange(*f.frontend.handler("/x"));
    f.pool.close();
    CHECK(exchange.wait().status == 503);
    f.release.set();
}

TEST_CASE("a plugin that is being stopped is not called any more") {
    BorderFixture f;
    HttpRouterProxy router(f.border);
    bool called = false;
    Handler handler([&](const HttpRequest&) {
        called = true;
        return HttpResponse{};
    });
    LoopHandler loop_handler;
    REQUIRE(router.add({.name = "x", .pattern = "/x"}, handler));
    REQUIRE(router.add_on_loop({.name = "y", .pattern = "/y"}, loop_handler));
    f.border.open = false;
    Exchange worker(*f.frontend.handler("/x"));
    Exchange loop(*f.frontend.handler("/y"));
    CHECK(worker.wait().status == 503);
    CHECK(loop.wait().status == 503);
    CHECK_FALSE(called);
}

TEST_CASE("a loop handler is refused where configuration does not grant it, with what to write") {
    BorderFixture f(8, std::chrono::seconds(1), false);
    HttpRouterProxy router(f.border);
    LoopHandler handler;
    const auto refused = router.add_on_loop({.name = "fast", .pattern = "/y"}, handler);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::forbidden);
    CHECK(refused.error().message.find("`loop: true`") != std::string::npos);
    CHECK(f.frontend.handler("/y") == nullptr);
}
