#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

/// What is wrong with a property that is written so.
std::string property_faults(const std::string& attributes) {
    return schema_faults("type: map\nproperties:\n  k: {" + attributes + "}\n");
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a schema holds what its author wrote") {
    const auto schema = schema_of(R"(
type: map
description: a plugin
properties:
  port: {type: integer, min: 1, max: 65535, default: 80, description: where}
  wait: {type: duration, min: 10ms, max: 1h}
  names: {type: list, items: {type: string, pattern: "[a-z]+"}, separator: ",", max: 3}
  key: {type: secret, required: true}
)");
    CHECK(schema.description == "a plugin");
    const auto* port = schema.find("port");
    REQUIRE(port != nullptr);
    CHECK(port->type == Type::integer);
    CHECK(port->max->whole == 65535);
    CHECK(port->fallback->text == "80");
    CHECK(schema.find("wait")->min->whole == 10);
    CHECK(schema.find("wait")->max->text == "1h");
    CHECK(schema.find("names")->items->pattern->expression() == "[a-z]+");
    CHECK(schema.find("key")->required);
    CHECK(schema.find("none") == nullptr);
}

TEST_CASE("a plugin without keys has an empty map") {
    CHECK(schema_of("type: map\nproperties: {}\n").properties.empty());
    CHECK(schema_of("type: map\nproperties:\n").properties.empty());
}

TEST_CASE("a schema's own mistakes are all reported, each with its place") {
    CHECK(schema_faults("type: map\nproperties:\n  a: {type: intger}\n  b: {type: string, defualt: x}\n") ==
          "schema.yaml:3:13: properties.a.type: 'intger' is not one of string, integer, number, boolean, duration, "
          "bytes, "
          "secret, url, cidr, map, list, any; did you mean 'integer'?\n"
          "schema.yaml:4:21: properties.b.defualt: unknown attribute; did you mean 'default'?\n");
}

TEST_CASE("a schema must be a map of attributes, and at the top a map") {
    CHECK(mentions(schema_faults(""), "type: is missing"));
    CHECK(mentions(schema_faults("- a\n"), "must be a map of attributes"));
    CHECK(mentions(schema_faults("type: string\n"), "type: must be map at the top"));
    CHECK(mentions(schema_faults("type: map\n"), "properties: is missing"));
    CHECK(mentions(schema_faults("type: map\nproperties: [a]\n"), "must be a map from key to schema"));
    CHECK(mentions(schema_faults("type: map\nproperties: {a: string}\n"), "must be a map of attributes"));
    CHECK(mentions(schema_faults("type: [map"), "not valid YAML"));
    CHECK(mentions(schema_faults("type: map\nproperties: {a.b: {type: string}}\n"), "a key is made of"));
    CHECK(mentions(schema_faults("type: map\nproperties: {a: {type: string}, a: {type: string}}\n"), "already set"));
}

TEST_CASE("an attribute goes with its types only") {
    CHECK(mentions(property_faults("type: boolean, min: 1"), "min: says nothing about the type boolean"));
    CHECK(mentions(property_faults("type: integer, pattern: x"), "pattern: says nothing about the type integer"));
    CHECK(mentions(property_faults("type: string, items: {type: string}"), "items: says nothing"));
    CHECK(mentions(property_faults("type: map, properties: {}, default: {}"), "default: says nothing"));
    CHECK(mentions(property_faults("type: string, schemes: [http]"), "schemes: says nothing"));
}

TEST_CASE("bounds are of the property's type and in order") {
    CHECK(mentions(property_faults("type: integer, min: 1s"), "min: must be an integer"));
    CHECK(mentions(property_faults("type: duration, max: 10"), "max: must be a duration"));
    CHECK(mentions(property_faults("type: bytes, max: 1MB"), "max: must be a size"));
    CHECK(mentions(property_faults("type: number, max: [1]"), "max: must be a number"));
    CHECK(mentions(property_faults("type: integer, min: 2, max: 1"), "min: is above max"));
    CHECK(mentions(property_faults("type: number, min: 0.2, max: 0.1"), "min: is above max"));
    CHECK(property_faults("type: number, min: 0.1, max: 0.2").empty());
}

TEST_CASE("an enum lists single values, each once") {
    CHECK(mentions(property_faults("type: string, enum: []"), "enum: must be a list"));
    CHECK(mentions(property_faults("type: string, enum: a"), "enum: must be a list"));
    CHECK(mentions(property_faults("type: string, enum: [a, b, a]"), "enum: holds 'a' twice"));
    CHECK(mentions(property_faults("type: string, enum: [[a]]"), "enum: must be a list of single values"));
    CHECK(mentions(property_faults("type: integer, enum: [1, two]"), "'two' is not an integer"));
}

TEST_CASE("a pattern must be a regular expression of its own") {
    CHECK(mentions(property_faults("type: string, pattern: '('"), "pattern: is not a regular expression"));
    CHECK(mentions(property_faults("type: string, pattern: 'a)|(b'"), "pattern: is not a regular expression"));
    CHECK(mentions(property_faults("type: string, pattern: [a]"), "pattern: must be a text"));
}

TEST_CASE("a list says what it is of") {
    CHECK(mentions(property_faults("type: list"), "items: is missing"));
    CHECK(mentions(property_faults("type: list, items: {type: map, properties: {}}, separator: ','"),
                   "separator: needs items"));
    CHECK(mentions(property_faults("type: list, items: {type: map, properties: {}}, unique: id"), "unique: must name"));
}

TEST_CASE("required is a flag of the key") {
    CHECK(mentions(property_faults("type: string, required: yes"), "required: must be true or false"));
    CHECK(mentions(schema_faults("type: map\nrequired: [a]\nproperties: {a: {type: string}}\n"),
                   "required: must be true or false"));
    CHECK(mentions(property_faults("type: string, required: true, default: x"), "default: is of no use"));
}

TEST_CASE("a default must keep the rules of its own key") {
    CHECK(mentions(property_faults("type: integer, max: 5, default: 6"), "k.default: '6' must be at most 5"));
    CHECK(mentions(property_faults("type: string, enum: [a, b], default: c"), "k.default: 'c' is not one of a, b"));
    CHECK(mentions(property_faults("type: list, items: {type: integer}, default: [1, x]"),
                   "k.default[1]: 'x' is not an integer"));
    CHECK(mentions(property_faults("type: boolean, default: no"), "k.default: 'no' is not true or false"));
    CHECK(property_faults("type: secret, min: 32, default: ''").empty());
    CHECK(property_faults("type: url, default: ''").empty());
}

TEST_CASE("a schema that nests without end is refused") {
    std::string text = "type: map\nproperties: ";
    for (int i = 0; i < 40; ++i) text += "{a: {type: map, properties: ";
    CHECK(mentions(schema_faults(text), "nested deeper than"));
}
