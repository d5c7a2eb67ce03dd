#include "json_object.hpp"

#include <algorithm>
#include <vector>

namespace televisit::auth_jwt {

namespace {

constexpr std::size_t kMaxDepth = 16;

}  // namespace

bool has_distinct_names(const simdjson::dom::object& members) {
    std::vector<std::string_view> names;
    for (const auto member : members) names.push_back(member.key);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) == names.end();
}

std::optional<simdjson::dom::object> parse_object(simdjson::dom::parser& parser, std::string_view text) {
    if (parser.allocate(std::max<std::size_t>(text.size(), 64), kMaxDepth) != simdjson::SUCCESS) return std::nullopt;
    simdjson::dom::object members;
    if (parser.parse(text.data(), text.size(), true).get(members) != simdjson::SUCCESS) return std::nullopt;
    if (!has_distinct_names(members)) return std::nullopt;
    return members;
}

std::optional<simdjson::dom::element> find_member(const simdjson::dom::object& members, std::string_view name) {
    for (const auto member : members)
        if (member.key == name) return member.value;
    return std::nullopt;
}

std::optional<std::string> text_of(const std::optional<simdjson::dom::element>& value) {
    std::string_view text;
    if (!value || value->get(text) != simdjson::SUCCESS) return std::nullopt;
    return std::string(text);
}

}  // namespace televisit::auth_jwt
