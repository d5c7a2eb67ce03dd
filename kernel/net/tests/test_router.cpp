#include "net/router.hpp"

#include <catch2/catch.hpp>

namespace televisit::net {
namespace {

struct Nothing final : HttpLoopHandler, ChannelAcceptor {
    void handle(HttpRequest, std::unique_ptr<HttpResponder>) override {}
    Result<ChannelAccept> accept(const HttpRequest&) override { return error(Errc::forbidden, "no"); }
};

struct Table {
    Nothing handler;
    Router router;
    Result<void> add(const std::string& pattern, HttpMethod method = HttpMethod::get, bool on_admin = false) {
        HttpRoute route;
        route.name = pattern;
        route.method = method;
        route.pattern = pattern;
        route.on_public = !on_admin;
        route.on_admin = on_admin;
        return router.add(route, handler, "owner of " + pattern);
    }
    // The pattern that serves a path, and the parts, "pattern name=value".
    std::string find(const std::string& path, ListenerKind listener = ListenerKind::public_listener) {
        RouteMatch match = router.find(listener, path);
        if (!match.place || !match.place->methods[0]) return "";
        std::string found = match.place->methods[0]->route.pattern;
        bind_params(*match.place->methods[0], match.params);
        for (const auto& [name, value] : match.params) found += " " + name + "=" + value;
        return found;
    }
};

}  // namespace

TEST_CASE("paths lead to the most literal pattern") {
    Table table;
    for (const char* pattern :
         {"/", "/a", "/a/", "/a/b", "/a/{x}", "/a/{x}/c", "/a/b/{y}/d", "/files/{rest*}", "/{rest*}"})
        REQUIRE(table.add(pattern).ok());
    CHECK(table.find("/") == "/");
    CHECK(table.find("/a") == "/a");
    CHECK(table.find("/a/") == "/a/");
    CHECK(table.find("/a/b") == "/a/b");
    CHECK(table.find("/a/q") == "/a/{x} x=q");
    CHECK(table.find("/a/b/c") == "/a/{x}/c x=b");
    CHECK(table.find("/a/b/q/d") == "/a/b/{y}/d y=q");
    CHECK(table.find("/files/") == "/files/{rest*} rest=");
    CHECK(table.find("/files/x/y") == "/files/{rest*} rest=x/y");
    CHECK(table.find("/files") == "/{rest*} rest=files");
    CHECK(table.find("/a/q/c/d") == "/{rest*} rest=a/q/c/d");
}

TEST_CASE("a named part is never empty, and an unknown path leads nowhere") {
    Table table;
    REQUIRE(table.add("/s/{id}/join").ok());
    CHECK(table.find("/s/1/join") == "/s/{id}/join id=1");
    CHECK(table.find("/s//join").empty());
    CHECK(table.find("/s/1/join/").empty());
    CHECK(table.find("/s/1").empty());
    CHECK(table.find("*").empty());
}

TEST_CASE("a pattern taken is a conflict, whatever its parts are called") {
    Table table;
    REQUIRE(table.add("/s/{id}").ok());
    const auto again = table.add("/s/{name}");
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().code == Errc::conflict);
    CHECK(again.error().message.find("GET /s/{name}") != std::string::npos);
    CHECK(table.add("/s/{name}", HttpMethod::post).ok());
    CHECK(table.add("/s/{id}", HttpMethod::get, true).ok());
    CHECK(table.router.routes().size() == 3);
}

TEST_CASE("bad patterns are refused") {
    Table table;
    for (const char* pattern :
         {"", "a", "/a/{", "/a/{}", "/a/{x", "/a/{x-y}", "/{x}/{x}", "/{r*}/a", "/a{x}", "/*", "/{x}y"}) {
        INFO(pattern);
        const auto added = table.add(pattern);
        REQUIRE_FALSE(added.ok());
        CHECK(added.error().code == Errc::invalid);
    }
}

TEST_CASE("each listener has its own routes") {
    Table table;
    REQUIRE(table.add("/metrics", HttpMethod::get, true).ok());
    CHECK(table.find("/metrics").empty());
    CHECK(table.find("/metrics", ListenerKind::admin_listener) == "/metrics");
}

TEST_CASE("what an owner registered can be removed, and registered again") {
    Table table;
    REQUIRE(table.add("/a").ok());
    REQUIRE(table.add("/b").ok());
    table.router.remove("owner of /a");
    CHECK(table.find("/a").empty());
    CHECK(table.find("/b") == "/b");
    CHECK(table.add("/a").ok());
}

TEST_CASE("a channel may share a pattern with routes, but not with a channel") {
    Table table;
    REQUIRE(table.add("/x/").ok());
    ChannelRoute channel;
    channel.name = "x";
    channel.pattern = "/x/";
    CHECK(table.router.add(channel, table.handler, "sockets").ok());
    CHECK_FALSE(table.router.add(channel, table.handler, "others").ok());
    CHECK(table.router.find(ListenerKind::public_listener, "/x/").place->channel != nullptr);
}

TEST_CASE("allowed methods name HEAD and OPTIONS too") {
    Table table;
    REQUIRE(table.add("/a").ok());
    REQUIRE(table.add("/a", HttpMethod::del).ok());
    CHECK(allowed_methods(*table.router.find(ListenerKind::public_listener, "/a").place) ==
          "GET, HEAD, DELETE, OPTIONS");
}

}  // namespace televisit::net
