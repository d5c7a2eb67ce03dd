#pragma once
/// Short hands of the tests: from text to what it leads to.

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>

#include "config/config.hpp"

namespace televisit::config::test {

inline Sources environment(std::map<std::string, std::string, std::less<>> variables) {
    return {[variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
                const auto found = variables.find(name);
                if (found == variables.end()) return std::nullopt;
                return found->second;
            },
            {}};
}

/// The diagnostics of reading a text called "t.yaml".
inline std::string problems_of(std::string_view text, const Sources& sources = {}) {
    return to_text(load_text(text, "t.yaml", sources).problems);
}

inline Node tree_of(std::string_view text, const Sources& sources = {}) {
    auto loaded = load_text(text, "t.yaml", sources);
    CAPTURE(to_text(loaded.problems));
    REQUIRE(loaded.ok());
    return *std::move(loaded.root);
}

inline Schema schema_of(std::string_view text) {
    auto parsed = parse_schema(text, "schema.yaml");
    CAPTURE(to_text(parsed.problems));
    REQUIRE(parsed.ok());
    return *std::move(parsed.schema);
}

/// A schema of one map with these properties, in YAML's flow style.
inline Schema properties(const std::string& flow) {
    return schema_of("type: map\nproperties: {" + flow + "}\n");
}

inline Node valid(std::string_view text, const Schema& schema, const Sources& sources = {}) {
    auto checked = validate(tree_of(text, sources), schema);
    CAPTURE(to_text(checked.problems));
    REQUIRE(checked.ok());
    REQUIRE(checked.problems.empty());
    return *std::move(checked.tree);
}

/// All that is wrong, of reading and of validation together.
inline std::string faults(std::string_view text, const Schema& schema, const Sources& sources = {}) {
    auto loaded = load_text(text, "t.yaml", sources);
    auto problems = loaded.problems;
    if (loaded.root) {
        auto checked = validate(*std::move(loaded.root), schema);
        problems.append(checked.problems);
        CHECK(checked.ok() == problems.empty());
    }
    return to_text(problems);
}

inline std::string schema_faults(std::string_view text) {
    auto parsed = parse_schema(text, "schema.yaml");
    CHECK(parsed.ok() == parsed.problems.empty());
    return to_text(parsed.problems);
}

}  // namespace televisit::config::test
