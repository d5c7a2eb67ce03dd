#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

/// What is wrong with the value of a key of this schema, without file and path.
std::string fault(const std::string& attributes, const std::string& value, const Sources& sources = {}) {
    auto text = faults("k: " + value + "\n", properties("k: {" + attributes + "}"), sources);
    const auto path = text.find(": k: ");
    return path == std::string::npos ? text : text.substr(path + 5, text.size() - path - 6);
}

}  // namespace

TEST_CASE("an unknown key is reported with its place and the nearest known one") {
    const auto schema = properties(
        "plugins: {type: list, items: {type: map, properties: {config: {type: map, "
        "properties: {port: {type: integer}}}}}}");
    CHECK(faults("plugins:\n- config: {port: 1}\n- config:\n    prot: 2\n", schema) ==
          "t.yaml:4:5: plugins[1].config.prot: unknown key; did you mean 'port'?\n");
}

TEST_CASE("an unknown key far from all others is answered with what is known") {
    CHECK(faults("banana: 1", properties("host: {type: string}, port: {type: integer}")) ==
          "t.yaml:1:1: banana: unknown key; known are host, port\n");
    CHECK(faults("banana: 1", properties("")) ==
          "t.yaml:1:1: banana: unknown key; there is nothing to configure here\n");
    CHECK(faults("\"a\\nb\": 1", properties("")).find("'a\\x0ab': unknown key") != std::string::npos);
}

TEST_CASE("all faults are reported at once, in the order of the file") {
    const auto schema =
        properties("port: {type: integer}, wait: {type: duration}, name: {type: string, required: true}");
    CHECK(faults("wait: 5\nhots: x\nport: many\nport: 2\n", schema) ==
          "t.yaml:1:1: name: is required\n"
          "t.yaml:1:7: wait: '5' is not a duration, such as 250ms, 10s, 5m, 24h or 7d; it needs a unit: 5s or 5ms\n"
          "t.yaml:2:1: hots: unknown key; known are port, wait, name\n"
          "t.yaml:3:7: port: 'many' is not an integer (decimal digits)\n"
          "t.yaml:4:1: the key 'port' is already set in line 3\n");
}

TEST_CASE("YAML's surprises are refused with advice") {
    CHECK(fault("type: integer", "0644") == "'0644' is not an integer (decimal digits); leading zeros are not allowed");
    CHECK(fault("type: integer", "99999999999999999999") ==
          "'99999999999999999999' is not an integer (decimal digits); it is too large");
    CHECK(fault("type: boolean", "no") == "'no' is not true or false; write false");
    CHECK(fault("type: boolean", "Yes") == "'Yes' is not true or false; write true");
    CHECK(fault("type: boolean", "True") == "'True' is not true or false; write true");
    CHECK(fault("type: string", "~") == "is empty; leave the key out, or write '' for an empty text");
    CHECK(fault("type: integer", "") == "is empty; leave the key out, or write '' for an empty text");
    CHECK(fault("type: bytes", "64KB") == "'64KB' is not a size, such as 1000000, 64KiB, 1MiB or 2GiB");
    CHECK(valid("k: 0644", properties("k: {type: string}")).find("k")->text == "0644");
}

TEST_CASE("quotes do not change the type of a value") {
    const auto tree = valid("a: '8086'\nb: \"true\"\n", properties("a: {type: integer}, b: {type: boolean}"));
    CHECK(std::get<std::int64_t>(tree.find("a")->value) == 8086);
    CHECK(std::get<bool>(tree.find("b")->value));
}

TEST_CASE("bounds include their ends") {
    const std::string port = "type: integer, min: 1, max: 10";
    CHECK(fault(port, "1").empty());
    CHECK(fault(port, "10").empty());
    CHECK(fault(port, "0") == "'0' must be from 1 to 10");
    CHECK(fault(port, "11") == "'11' must be from 1 to 10");
    CHECK(fault("type: number, min: 0.5", "0.4") == "'0.4' must be at least 0.5");
    CHECK(fault("type: duration, max: 1m", "61s") == "'61s' must be at most 1m");
    CHECK(fault("type: bytes, max: 1KiB", "1024").empty());
    CHECK(fault("type: bytes, max: 1KiB", "1025") == "'1025' must be at most 1KiB");
    CHECK(fault("type: string, max: 3", "äöü").empty());
    CHECK(fault("type: string, min: 1", "''") == "'' must have at least 1 characters");
    CHECK(fault("type: list, items: {type: string}, min: 1", "[]") == "must have at least 1 items, not 0");
}

TEST_CASE("an enum answers with what is allowed and what was meant") {
    const std::string level = "type: string, enum: [debug, info, warning]";
    CHECK(fault(level, "info").empty());
    CHECK(fault(level, "wraning") == "'wraning' is not one of debug, info, warning; did you mean 'warning'?");
    CHECK(fault(level, "Info") == "'Info' is not one of debug, info, warning; did you mean 'info'?");
    CHECK(fault("type: integer, enum: [1, 2]", "3") == "'3' is not one of 1, 2");
}

TEST_CASE("a pattern matches from end to end") {
    CHECK(fault("type: string, pattern: 'a|bc'", "bc").empty());
    CHECK(fault("type: string, pattern: 'a|bc'", "abc") == "'abc' does not match a|bc");
    CHECK(fault("type: string, pattern: 'a+'", "\"a\\n\"").find("does not match") != std::string::npos);
}

TEST_CASE("a pattern that backtracks for ever on a hostile text gives up") {
    const auto schema = properties("k: {type: string, pattern: '(a+)+b'}");
    CHECK(faults("k: " + std::string(1000, 'a'), schema).find("does not match") != std::string::npos);
    CHECK(faults("k: " + std::string(kMaxPatternSubject + 1, 'b'), schema).find("does not match") != std::string::npos);
}

TEST_CASE("a URL has a scheme, and a host where the web needs one") {
    const std::string url = "type: url";
    for (const auto* good : {"https://a.example", "http://localhost:8086/x?y#z", "stun:stun.example.org:3478",
                             "redis://user:pw@host:6379/0", "http://[::1]:80"}) {
        CAPTURE(good);
        CHECK(fault(url, good).empty());
    }
    for (const auto* bad :
         {"''", "example.org", "/path", "'https://'", "'http:///x'", "'http://a b'", "'http://ä'", "'http://x:port'"}) {
        CAPTURE(bad);
        CHECK(fault(url, bad) == "the URL is not a URL");
    }
    CHECK(fault("type: url, schemes: [http, https]", "ftp://x") == "the URL is not a URL (http, https)");
}

TEST_CASE("a network is an address with or without a prefix") {
    for (const auto* good : {"10.0.0.0/8", "192.168.1.1", "'::1'", "2001:db8::/32", "0.0.0.0/0"}) {
        CAPTURE(good);
        CHECK(fault("type: cidr", good).empty());
    }
    for (const auto* bad :
         {"10.0.0.0/33", "10.0.0", "10.0.0.0/", "'::/129'", "10.0.0.0/-1", "10.0.0.0/08", "host/8", "''"}) {
        CAPTURE(bad);
        CHECK(fault("type: cidr", bad).find("is not an address or network") != std::string::npos);
    }
}

TEST_CASE("maps, lists and single values are not mistaken for each other") {
    CHECK(fault("type: string", "[a]") == "must be a text, not a list");
    CHECK(fault("type: integer, min: 1", "{a: 1}") == "must be an integer (decimal digits), at least 1, not a map");
    CHECK(fault("type: list, items: {type: string}", "a") == "must be a list, not a single value");
    CHECK(fault("type: map, properties: {}", "a") == "must be a map, not a single value");
    CHECK(faults("- a\n", properties("")) == "t.yaml:1:1: must be a map, not a list\n");
}

TEST_CASE("defaults fill what is not written, at any depth") {
    const auto schema = properties(
        "a: {type: map, properties: {b: {type: map, properties: {c: {type: duration, default: 5s}}}}}, "
        "l: {type: list, items: {type: map, properties: {x: {type: integer, default: 7}}}}");
    const auto tree = valid("l: [{}, {x: 8}]", schema);
    CHECK(std::get<std::int64_t>(at_path(tree, "a.b.c")->value) == 5000);
    CHECK(at_path(tree, "a.b.c")->origin == Origin::fallback);
    CHECK(std::get<std::int64_t>(at_path(tree, "l[0].x")->value) == 7);
    CHECK(std::get<std::int64_t>(at_path(tree, "l[1].x")->value) == 8);
    CHECK(valid("a:\nl:\n", schema).find("a")->kind == Kind::map);
}

TEST_CASE("an optional map with a required key may be left out as a whole") {
    const auto schema = properties("tls: {type: map, properties: {cert: {type: string, required: true}}}");
    CHECK_FALSE(valid("", schema).find("tls")->has_value());
    CHECK(faults("tls: {}", schema) == "t.yaml:1:6: tls.cert: is required\n");
}

TEST_CASE("what the environment makes empty counts as not written") {
    const auto sources = environment({{"EMPTY", ""}});
    const auto schema = properties("port: {type: integer, default: 80}, urls: {type: list, items: {type: url}}");
    const auto tree = valid("port: ${env:EMPTY}\nurls:\n- ${env:EMPTY:-}\n- https://a.example\n", schema, sources);
    CHECK(std::get<std::int64_t>(tree.find("port")->value) == 80);
    CHECK(tree.find("urls")->items.size() == 1);
    CHECK(faults("key: ${env:EMPTY}", properties("key: {type: secret, required: true}"), sources) ==
          "t.yaml:1:1: key: is required, but ${env:EMPTY} is empty\n");
}

TEST_CASE("a list may come as one text") {
    const auto schema = properties("l: {type: list, separator: ',', items: {type: integer}}");
    CHECK(valid("l: ' 1,2 , ,3,'", schema).find("l")->items.size() == 3);
    CHECK(valid("l: ''", schema).find("l")->items.empty());
    CHECK(faults("l: 1,x", schema) == "t.yaml:1:4: l[1]: 'x' is not an integer (decimal digits)\n");
}

TEST_CASE("no diagnostic shows a secret") {
    const auto hidden = [](const std::string& text) { return text.find("hunter2") == std::string::npos; };
    CHECK(fault("type: secret, min: 32", "hunter2") == "the secret must have at least 32 characters");
    CHECK(hidden(fault("type: secret, pattern: '[0-9]+'", "hunter2")));
    CHECK(fault("type: secret", "[hunter2]") == "must be a secret text, not a list");
    CHECK(hidden(fault("type: url", "'redis://:hunter2@h:port'")));
    CHECK(hidden(fault("type: url, pattern: 'x'", "'redis://:hunter2@h:1'")));
    const auto sources = environment({{"PASSWORD", "hunter2"}});
    CHECK(fault("type: integer", "${env:PASSWORD}", sources) ==
          "the value of ${env:PASSWORD} is not an integer (decimal digits)");
    CHECK(fault("type: boolean", "x${env:PASSWORD}", sources) == "the value of ${env:PASSWORD} is not true or false");
    CHECK(fault("type: string, enum: [hunter1]", "${env:PASSWORD}", sources) ==
          "the value of ${env:PASSWORD} is not one of hunter1; did you mean 'hunter1'?");
}

TEST_CASE("what could not be read is reported once and lets nothing hold") {
    const auto schema = properties("a: {type: integer}, b: {type: any}, c: {type: list, items: {type: string}}");
    CHECK(faults("a: ${env:NONE}\n", schema).find("a: the environment variable") != std::string::npos);
    auto loaded = load_text("a: ${env:NONE}\nb:\n  x: ${env:NONE}\nc:\n- ${env:NONE}\n", "t.yaml", {});
    REQUIRE(loaded.problems.all().size() == 3);
    const auto checked = validate(*loaded.root, schema);
    CHECK_FALSE(checked.ok());
    CHECK(checked.problems.empty());
}

TEST_CASE("a report has an end") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "key" + std::to_string(i) + ": 1\n";
    const auto checked = validate(tree_of(text), properties("a: {type: string}"));
    CHECK(checked.problems.all().size() == Diagnostics::kMost);
    CHECK(to_text(checked.problems).ends_with("and 900 more\n"));
}

TEST_CASE("a long or strange value is cut and escaped in a message") {
    CHECK(excerpt(std::string(200, 'x')) == "'" + std::string(60, 'x') + "…'");
    CHECK(excerpt("a\nb\x1b") == "'a\\x0ab\\x1b'");
    CHECK(excerpt("äö") == "'äö'");
}
