#include "request_body.hpp"

#include <array>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "json/grammar.hpp"
#include "json/slice.hpp"
#include "json/text.hpp"
#include "json/validator.hpp"

namespace televisit::rest_api {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// `application/json`, whatever parameters follow: JSON is UTF-8 in any case (RFC 8259 §8.1).
bool is_json(std::string_view content_type) {
    return televisit::detail::equal_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))),
                                                  "application/json");
}

/// Far more than any request of ours has; without a bound, a body of names alone would keep a worker busy for long.
constexpr std::size_t kMostNames = 256;

/// Readers disagree on which of two members of one name counts.
Result<void> check_names(std::string_view object) {
    std::unordered_set<std::string> names;
    std::string scratch;
    json::ObjectMembers members(object);
    while (const auto member = members.next()) {
        if (names.size() == kMostNames)
            return error(Errc::malformed, "invalid_json",
                         "The body has more than " + std::to_string(kMostNames) + " names.");
        if (!names.emplace(json::text_of(member->name, scratch)).second)
            return error(Errc::malformed, "invalid_json", "The body has the same name twice.");
    }
    return {};
}

Result<std::string_view> read_object(const HttpRequest& request, std::size_t max_depth) {
    if (!is_json(request.header("Content-Type")))
        return error(Errc::unsupported_media, "The body must be JSON, with Content-Type: application/json.");
    if (!json::valid_utf8(request.body) || !json::matches_grammar(request.body, max_depth))
        return error(Errc::malformed, "invalid_json", "The body is not JSON, or is nested too deep.");
    const auto object = json::trimmed(request.body);
    if (!json::is_object(object)) return error(Errc::malformed, "invalid_json", "The body must be a JSON object.");
    if (auto names = check_names(object); !names) return std::move(names).error();
    return object;
}

}  // namespace

Result<BodyFields> BodyFields::required(const HttpRequest& request, std::size_t max_depth) {
    if (request.body.empty()) return error(Errc::malformed, "body_missing", "The request needs a JSON body.");
    auto object = read_object(request, max_depth);
    if (!object) return std::move(object).error();
    return BodyFields(*object);
}

Result<BodyFields> BodyFields::optional(const HttpRequest& request, std::size_t max_depth) {
    if (request.body.empty()) return BodyFields("{}");
    return required(request, max_depth);
}

std::string_view BodyFields::find(std::string_view name) const {
    const auto value = json::find_members(object_, std::array{name}).front();
    return value == "null" ? std::string_view() : value;
}

std::string BodyFields::required_text(std::string_view name) {
    if (find(name).empty()) {
        add_error(name, "required", "This field is needed.");
        return {};
    }
    return optional_text(name).value_or("");
}

std::optional<std::string> BodyFields::optional_text(std::string_view name) {
    const auto value = find(name);
    if (value.empty()) return std::nullopt;
    if (!json::is_string(value)) {
        add_error(name, "wrong_type", "This must be a text.");
        return std::nullopt;
    }
    std::string scratch;
    return std::string(json::text_of(value, scratch));
}

std::optional<std::int64_t> BodyFields::optional_integer(std::string_view name) {
    const auto value = find(name);
    if (value.empty()) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc() || end != value.data() + value.size()) {
        add_error(name, "wrong_type", "This must be a whole number.");
        return std::nullopt;
    }
    return number;
}

std::optional<std::string> BodyFields::optional_object(std::string_view name) {
    const auto value = find(name);
    if (value.empty()) return std::nullopt;
    if (!json::is_object(value)) {
        add_error(name, "wrong_type", "This must be an object.");
        return std::nullopt;
    }
    return std::string(value);
}

void BodyFields::add_error(std::string_view name, std::string code, std::string message) {
    errors_.push_back({"/" + std::string(name), std::move(code), std::move(message)});
}

std::optional<Error> BodyFields::fault() const {
    if (errors_.empty()) return std::nullopt;
    auto failure = error(Errc::invalid, "invalid_fields", "Some fields are missing or wrong.");
    failure.fields = errors_;
    return failure;
}

}  // namespace televisit::rest_api
