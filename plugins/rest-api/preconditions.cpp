#include "preconditions.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace televisit::rest_api {

namespace {

Error not_a_tag() {
    return error(Errc::malformed, "invalid_if_match", "If-Match must hold the ETag of the session, with its quotes.");
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// Takes one entity tag off the front; false when there is none. Weak ones never match, so they are of no use to the
/// caller.
bool take_tag(std::string_view& text, std::vector<Version>& versions) {
    const bool weak = text.starts_with("W/");
    if (weak) text.remove_prefix(2);
    if (text.empty() || text.front() != '"') return false;
    const auto close = text.find('"', 1);
    if (close == std::string_view::npos) return false;
    const auto inner = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    Version version = 0;
    const auto [end, fault] = std::from_chars(inner.data(), inner.data() + inner.size(), version);
    if (!weak && fault == std::errc() && end == inner.data() + inner.size()) versions.push_back(version);
    return true;
}

/// The header's value; several headers are one list (RFC 9110 §5.3).
std::optional<std::string> value_of(const HttpRequest& request) {
    std::optional<std::string> value;
    for (const auto& header : request.headers) {
        if (!televisit::detail::equal_ignoring_case(header.name, "If-Match")) continue;
        value = value ? *value + "," + header.value : header.value;
    }
    return value;
}

}  // namespace

bool ExpectedVersions::accepts(Version version) const {
    return any || std::find(versions.begin(), versions.end(), version) != versions.end();
}

Result<ExpectedVersions> if_match(const HttpRequest& request) {
    const auto value = value_of(request);
    if (!value)
        return error(Errc::precondition_required, "if_match_missing",
                     "Send the ETag of the session that you saw as If-Match.");
    ExpectedVersions expected;
    std::string_view rest = *value;
    skip_blanks(rest);
    if (rest.starts_with('*')) {
        rest.remove_prefix(1);
        skip_blanks(rest);
        expected.any = true;
        return rest.empty() ? Result<ExpectedVersions>(expected) : Result<ExpectedVersions>(not_a_tag());
    }
    for (;;) {
        skip_blanks(rest);
        if (!take_tag(rest, expected.versions)) return not_a_tag();
        skip_blanks(rest);
        if (rest.empty()) return expected;
        if (rest.front() != ',') return not_a_tag();
        rest.remove_prefix(1);
    }
}

}  // namespace televisit::rest_api
