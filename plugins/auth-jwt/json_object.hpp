#pragma once
/// Reading JSON objects in which no name comes twice: readers disagree on which of two counts.

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace televisit::auth_jwt {

/// The members of `text`, when it is one JSON object with distinct names. They live as long as the parser and until its
/// next use.
std::optional<simdjson::dom::object> parse_object(simdjson::dom::parser& parser, std::string_view text);

bool has_distinct_names(const simdjson::dom::object& members);

std::optional<simdjson::dom::element> find_member(const simdjson::dom::object& members, std::string_view name);

std::optional<std::string> text_of(const std::optional<simdjson::dom::element>& value);

}  // namespace televisit::auth_jwt
