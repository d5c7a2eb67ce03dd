#include <catch2/catch.hpp>

#include "televisit/testkit/fake_host.hpp"

using namespace televisit;
using namespace std::chrono_literals;

namespace {

std::string hex(const auto& bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text.push_back("0123456789abcdef"[byte >> 4]);
        text.push_back("0123456789abcdef"[byte & 15]);
    }
    return text;
}

struct EchoParams final : HttpHandler {
    HttpResponse handle(const HttpRequest& request, const CallContext&) override {
        return {200, {}, std::string(request.param("id")) + "|" + std::string(request.param("rest"))};
    }
};

}  // namespace

TEST_CASE("deterministic secrets have the digests of the standards") {
    testkit::DeterministicSecrets secrets;
    CHECK(hex(secrets.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(secrets.hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(secrets.hmac_sha1("Jefe", "what do ya want for nothing?")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(testkit::DeterministicSecrets(7).uuid() == testkit::DeterministicSecrets(7).uuid());
    CHECK(secrets.uuid() != secrets.uuid());
}

TEST_CASE("a manual executor runs timers at their moments and in their order") {
    testkit::ManualClock clock;
    testkit::ManualExecutor executor(clock);
    std::string order;
    REQUIRE(executor.after(20ms, [&] { order += 'b'; }).ok());
    REQUIRE(executor.after(10ms, [&] { order += 'a'; }).ok());
    REQUIRE(executor.every(15ms, [&] { order += 'p'; }).ok());
    REQUIRE(executor.post([&] { order += '0'; }).ok());
    executor.advance(30ms);
    CHECK(order == "0apbp");
    executor.refuse(true);
    CHECK(executor.post([] {}).error().code == Errc::unavailable);
}

TEST_CASE("a fake config has sections by dotted prefixes and by lists") {
    testkit::FakeConfig config{{"limits.chat", 4000},
                               {"grace", 15s},
                               {"echo", true},
                               {"servers", std::vector<testkit::FakeConfig>{{{"url", "turn:a"}}, {{"url", "turn:b"}}}}};
    CHECK(config.section("limits")->integer("chat") == 4000);
    CHECK(config.duration("grace") == 15s);
    CHECK(config.boolean("echo"));
    REQUIRE(config.sections("servers").size() == 2);
    CHECK(config.sections("servers")[1]->string("url") == "turn:b");
    CHECK_FALSE(config.has("absent"));
    CHECK_THROWS_AS(config.string("absent"), std::logic_error);
    CHECK_THROWS_AS(config.string("echo"), std::logic_error);
}

TEST_CASE("a fake router finds the route by method and pattern") {
    testkit::FakeHost host;
    EchoParams echo;
    REQUIRE(host.http().add({.name = "one", .pattern = "/a/{id}/b"}, echo).ok());
    REQUIRE(host.http().add({.name = "files", .method = HttpMethod::get, .pattern = "/f/{rest*}"}, echo).ok());
    CHECK(host.http().add({.name = "two", .method = HttpMethod::get, .pattern = "/a/{id}/b"}, echo).error().code ==
          Errc::conflict);
    CHECK(host.router.send({.method = HttpMethod::get, .path = "/a/7/b"}).body == "7|");
    CHECK(host.router.send({.method = HttpMethod::get, .path = "/f/x/y.js"}).body == "|x/y.js");
    CHECK(host.router.send({.method = HttpMethod::post, .path = "/a/7/b"}).status == 405);
    CHECK(host.router.send({.method = HttpMethod::get, .path = "/a/7"}).status == 404);
}

TEST_CASE("a capturing logger tells whether something was mentioned") {
    testkit::FakeHost host;
    host.logger().info("room opened", {{"room", "r-1"}, {"members", 2}, {"first", true}});
    CHECK(host.log.mentions("r-1"));
    CHECK_FALSE(host.log.mentions("secret"));
    CHECK(host.log.records().at(0).fields.at("members") == "2");
}

TEST_CASE("a fake registry gives the same instrument for the same labels") {
    testkit::FakeMetricRegistry registry;
    registry.counter("televisit_x_total", "X.", {{"kind", "a"}}).add(2);
    registry.counter("televisit_x_total", "X.", {{"kind", "a"}}).add();
    CHECK(registry.value("televisit_x_total", {{"kind", "a"}}) == 3);
    CHECK(registry.value("televisit_x_total", {{"kind", "b"}}) == 0);
    CHECK_THROWS_AS(registry.gauge("televisit_x_total", "X."), std::logic_error);
}
