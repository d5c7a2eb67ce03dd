#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

namespace {

HttpResponse ask(RestFixture& rest, const char* path, ListenerKind listener = ListenerKind::public_listener) {
    auto request = RestFixture::request(HttpMethod::get, path);
    request.headers.clear();
    request.listener = listener;
    return rest.send(request);
}

ServerStatus running() {
    return {true, true, true, {{"pg", "storage-postgres", "running", ""}}, "1.2.3", NodeId("node-1")};
}

}  // namespace

TEST_CASE_METHOD(RestFixture, "a server that takes work is healthy in every document") {
    host.server_status = running();
    CHECK(ask(*this, "/health").body == R"({"status":"healthy","live":true,"ready":true,"version":"1.2.3"})");
    CHECK(ask(*this, "/health").status == 200);
    CHECK(ask(*this, "/health/live").body == R"({"status":"live"})");
    CHECK(ask(*this, "/health/ready").body == R"({"status":"ready"})");
    CHECK(ask(*this, "/health/startup").body == R"({"status":"started"})");
}

TEST_CASE_METHOD(RestFixture, "a server that starts is live, and nothing else yet") {
    host.server_status = running();
    host.server_status.started = host.server_status.ready = false;
    CHECK(ask(*this, "/health").status == 503);
    CHECK(has(ask(*this, "/health"), R"("status":"starting")"));
    CHECK(ask(*this, "/health/live").status == 200);
    CHECK(ask(*this, "/health/ready").status == 503);
    CHECK(ask(*this, "/health/startup").status == 503);
}

TEST_CASE_METHOD(RestFixture, "a server that drains is live and started, but not ready") {
    host.server_status = running();
    host.server_status.ready = false;
    CHECK(ask(*this, "/health/ready").status == 503);
    CHECK(has(ask(*this, "/health/ready"), R"("status":"not_ready")"));
    CHECK(ask(*this, "/health/live").status == 200);
    CHECK(ask(*this, "/health/startup").status == 200);
}

TEST_CASE_METHOD(RestFixture, "a server that works without something says so and what, and stays in service") {
    host.server_status = running();
    for (const auto* name : {"presence", "backplane"})
        host.server_status.components.push_back({name, "port", "degraded", "away"});
    const auto summary = ask(*this, "/health");
    CHECK(summary.status == 200);
    CHECK(has(summary, R"("status":"degraded")"));
    CHECK(has(summary, R"("degraded":["presence","backplane"])"));
    CHECK(ask(*this, "/health/ready").status == 200);
    host.server_status.ready = false;
    CHECK(has(ask(*this, "/health"), R"("status":"not_ready")"));
}

TEST_CASE_METHOD(RestFixture, "whoever is told 503 is told when to ask again") {
    host.server_status = running();
    for (const auto* path : {"/health", "/health/live", "/health/ready", "/health/startup"})
        CHECK(header_of(ask(*this, path), "Retry-After").empty());
    host.server_status.live = host.server_status.started = host.server_status.ready = false;
    for (const auto* path : {"/health", "/health/live", "/health/ready", "/health/startup"}) {
        INFO(path);
        CHECK(ask(*this, path).status == 503);
        CHECK(header_of(ask(*this, path), "Retry-After") == "1");
    }
}

TEST_CASE_METHOD(RestFixture, "only the admin listener tells of the server's parts") {
    host.server_status = running();
    CHECK_FALSE(has(ask(*this, "/health"), "storage-postgres"));
    CHECK(has(
        ask(*this, "/health", ListenerKind::admin_listener),
        R"("node":"node-1","components":[{"name":"pg","kind":"storage-postgres","state":"running","detail":null}])"));
}

TEST_CASE_METHOD(RestFixture, "health is on both listeners, the interface on the public one") {
    for (const auto& route : host.router.routes()) {
        INFO(route.name);
        CHECK(route.on_public);
        CHECK(route.on_admin == (route.pattern.find("/health") == 0));
    }
}
