#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

const Schema& schema() {
    static const Schema schema = schema_of(R"(
type: map
properties:
  text: {type: string, default: "a: b"}
  wait: {type: duration, default: 60s}
  size: {type: bytes}
  key: {type: secret, default: ""}
  url: {type: url, default: ""}
  list: {type: list, items: {type: string}, default: []}
  servers: {type: list, items: {type: map, properties: {id: {type: string}, keys: {type: list, items: {type: secret}}}}}
  roles: {type: map, properties: {a: {type: string}}}
  free: {type: any}
)");
    return schema;
}

std::string rendered(std::string_view text) {
    return render(valid(text, schema()));
}

}  // namespace

TEST_CASE("the configuration in effect is printed with its defaults") {
    CHECK(rendered("size: 1024\n") ==
          "text: \"a: b\"  # default\n"
          "wait: 1m  # default\n"
          "size: 1KiB\n"
          "key: \"\"  # default\n"
          "url: \"\"  # default\n"
          "list: []  # default\n"
          "roles:\n"
          "  {}\n");
}

TEST_CASE("nothing secret is printed") {
    const auto text = rendered(
        "key: hunter2\nurl: redis://user:hunter2@host:6379/0\nservers: [{id: a, keys: [hunter2]}]\nfree: {password: "
        "hunter2, l: [hunter2]}\n");
    CAPTURE(text);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find("key: <secret>\n") != std::string::npos);
    CHECK(text.find("url: \"redis://<secret>@host:6379/0\"\n") != std::string::npos);
    CHECK(text.find("  - id: a\n    keys:\n      - <secret>\n") != std::string::npos);
    CHECK(text.find("free:\n  password: <not shown>\n  l:\n    - <not shown>\n") != std::string::npos);
}

TEST_CASE("what came from a file is not printed, whatever its type") {
    Sources sources;
    sources.more.emplace("state", [](std::string_view) { return std::optional<std::string>("hunter2"); });
    CHECK(render(valid("text: ${state:x}\n", schema(), sources)).find("text: <secret>\n") != std::string::npos);
}

TEST_CASE("what is printed reads back as the same") {
    for (const auto* value :
         {"plain", "no",     "'~'",   "0644",    "true",        "''",       "'it''s'", "\"\\\"q\\\" \\\\ \\n\\t\"",
          "'# x'", "'a: b'", "'- x'", "' lead'", "'$${env:X}'", "'$$${x}'", "'{'",     "'*x'",
          "'&x'",  "'!x'",   "ä€😀",   "'<<'",    "/a/b.c-d"}) {
        CAPTURE(value);
        const auto first = valid("text: " + std::string(value) + "\nlist: [" + value + ", x]\nservers: [{id: " + value +
                                     "}, {}]\nroles: {a: " + value + "}\n",
                                 schema());
        const auto text = render(first);
        CAPTURE(text);
        const auto second = valid(text, schema());
        CHECK(second.find("text")->text == first.find("text")->text);
        CHECK(at_path(second, "list[0]")->text == first.find("text")->text);
        CHECK(at_path(second, "servers[0].id")->text == first.find("text")->text);
        CHECK(second.find("servers")->items.size() == 2);
        CHECK(second.find("wait")->value == first.find("wait")->value);
    }
}

TEST_CASE("the kernel's defaults read back as themselves") {
    auto first = validate_kernel(tree_of("plugins: [{id: a, use: b}]\nroles: {records: a}\n"));
    REQUIRE(first.ok());
    auto second = validate_kernel(tree_of(render(*first.tree)));
    REQUIRE(second.ok());
    CHECK(at_path(*second.tree, "server.limits.write_buffer")->value ==
          at_path(*first.tree, "server.limits.write_buffer")->value);
    CHECK(at_path(*second.tree, "roles.records")->text == "a");
}

TEST_CASE("a reference is made from a schema") {
    const auto text = reference(schema_of(R"(
type: map
description: What it is.
properties:
  port: {type: integer, min: 1, max: 9, default: 5, description: Where | how.}
  level: {type: string, enum: [a, b], required: true}
  limits:
    type: map
    description: Bounds.
    properties:
      wait: {type: duration, min: 1s, default: 5s, description: "How\nlong."}
      deep: {type: map, properties: {x: {type: secret, default: ""}}}
  servers: {type: list, description: All., items: {type: map, properties: {urls: {type: list, separator: ",", items: {type: url, schemes: [turn]}}}}}
)"),
                                "thing");
    CHECK(text ==
          "## thing\n\nWhat it is.\n\n"
          "| key | type | default | |\n|---|---|---|---|\n"
          "| `port` | integer, from 1 to 9 | `5` | Where \\| how. |\n"
          "| `level` | one of `a`, `b` | required |  |\n"
          "| `servers` | list of map |  | All. |\n"
          "| `servers[].urls` | list of url with `turn`, or one text separated by `,` |  |  |\n\n"
          "### limits\n\nBounds.\n\n"
          "| key | type | default | |\n|---|---|---|---|\n"
          "| `limits.wait` | duration, at least 1s | `5s` | How long. |\n"
          "| `limits.deep.x` | secret | empty |  |\n\n");
}

TEST_CASE("a reference names every key of the kernel") {
    const auto text = reference(kernel_schema(), "televisitd");
    for (const auto* key : {"`server.limits.read_deadline`", "`plugins[].threads`", "`roles.records`", "`state_dir`"}) {
        CHECK(text.find(key) != std::string::npos);
    }
}
