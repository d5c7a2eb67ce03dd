#include <stdexcept>

#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

const Schema& schema() {
    static const Schema schema = schema_of(R"(
type: map
properties:
  name: {type: string, default: x}
  nick: {type: string}
  port: {type: integer, default: 80}
  ratio: {type: number, default: 0.5}
  on: {type: boolean, default: true}
  wait: {type: duration, default: 10s}
  size: {type: bytes, default: 64KiB}
  key: {type: secret, default: ""}
  hosts: {type: list, items: {type: string}}
  deep: {type: map, properties: {a: {type: map, properties: {b: {type: integer, default: 1}}}}}
  tls: {type: map, properties: {cert: {type: string, required: true}}}
  servers: {type: list, items: {type: map, properties: {url: {type: url, required: true}, weight: {type: integer, default: 1}}}}
  free: {type: any}
)");
    return schema;
}

}  // namespace

TEST_CASE("a view gives each value as its type") {
    const auto config = view(valid("port: 8086\nhosts: [a, b]\nkey: hunter2\n", schema()));
    CHECK(config->string("name") == "x");
    CHECK(config->integer("port") == 8086);
    CHECK(config->number("ratio") == 0.5);
    CHECK(config->boolean("on"));
    CHECK(config->duration("wait") == std::chrono::seconds(10));
    CHECK(config->bytes("size") == 65'536);
    CHECK(config->string("key") == "hunter2");
    CHECK(config->strings("hosts") == std::vector<std::string>{"a", "b"});
    CHECK(config->integer("deep.a.b") == 1);
}

TEST_CASE("a key without a value is absent, one outside the schema is a mistake") {
    const auto config = view(valid("", schema()));
    CHECK(config->has("name"));
    CHECK_FALSE(config->has("nick"));
    CHECK_FALSE(config->has("tls"));
    CHECK_FALSE(config->has("tls.cert"));
    CHECK_FALSE(config->has("free"));
    CHECK(config->strings("hosts").empty());
    CHECK(config->sections("servers").empty());
    CHECK_THROWS_AS(config->has("typo"), std::logic_error);
    CHECK_THROWS_AS(config->has("deep.typo"), std::logic_error);
    CHECK_THROWS_WITH(config->string("nick"), "configuration key 'nick' has no value; ask has() first");
    CHECK_THROWS_WITH(config->string("deep.typo"), "configuration key 'deep.typo' is not in the schema");
}

TEST_CASE("asking for another type is a mistake") {
    const auto config = view(valid("hosts: [a]\nservers: [{url: 'http://a'}]\n", schema()));
    CHECK_THROWS_WITH(config->integer("wait"), "configuration key 'wait' is not integer but duration");
    CHECK_THROWS_AS(config->string("port"), std::logic_error);
    CHECK_THROWS_AS(config->duration("port"), std::logic_error);
    CHECK_THROWS_AS(config->strings("name"), std::logic_error);
    CHECK_THROWS_AS(config->strings("servers"), std::logic_error);
    CHECK_THROWS_AS(config->section("hosts"), std::logic_error);
    CHECK_THROWS_AS(config->section("tls"), std::logic_error);
    CHECK_THROWS_AS(config->sections("hosts"), std::logic_error);
}

TEST_CASE("sections outlive the view they came from") {
    auto config =
        view(valid("deep: {a: {b: 5}}\nservers:\n- {url: 'http://a'}\n- {url: 'http://b', weight: 3}\n", schema()));
    const auto deep = config->section("deep")->section("a");
    const auto servers = config->sections("servers");
    config.reset();
    CHECK(deep->integer("b") == 5);
    REQUIRE(servers.size() == 2);
    CHECK(servers[0]->string("url") == "http://a");
    CHECK(servers[0]->integer("weight") == 1);
    CHECK(servers[1]->integer("weight") == 3);
}

TEST_CASE("a view tells where a value stands") {
    const auto config = view(valid("port: 1\nservers:\n- url: http://a\n", schema()));
    CHECK(config->where("port") == "t.yaml:1:7");
    CHECK(config->where("servers[0].url") == "t.yaml:3:8");
    CHECK(config->where("wait") == "default");
    CHECK(config->where("nick") == "default");
    CHECK(config->sections("servers")[0]->where("weight") == "default");
}

TEST_CASE("below what no schema describes any key may be asked for") {
    const auto config = view(valid("free: {a: {b: c}, l: [1, 2]}", schema()));
    CHECK(config->string("free.a.b") == "c");
    CHECK(config->strings("free.l") == std::vector<std::string>{"1", "2"});
    CHECK_FALSE(config->has("free.x.y"));
}
