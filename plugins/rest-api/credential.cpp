#include "credential.hpp"

#include <algorithm>

namespace televisit::rest_api {

namespace {

constexpr std::string_view kScheme = "Bearer";

bool is_token_character(char c) noexcept {
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return word || std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

Error not_bearer() {
    return error(Errc::unauthenticated, "invalid_token",
                 "The Authorization header must be: Bearer, a space, and the token.");
}

}  // namespace

Result<std::string_view> bearer_of(const HttpRequest& request) {
    const HttpHeader* found = nullptr;
    for (const auto& header : request.headers) {
        if (!televisit::detail::equal_ignoring_case(header.name, "Authorization")) continue;
        if (found != nullptr) return not_bearer();
        found = &header;
    }
    if (found == nullptr) return error(Errc::unauthenticated, "credential_missing", "This needs a credential.");
    std::string_view value = found->value;
    if (!televisit::detail::equal_ignoring_case(value.substr(0, kScheme.size()), kScheme)) return not_bearer();
    value.remove_prefix(kScheme.size());
    const auto token = value.substr(std::min(value.find_first_not_of(' '), value.size()));
    const bool spaced = token.size() < value.size();
    if (!spaced || token.empty() || !std::all_of(token.begin(), token.end(), is_token_character)) return not_bearer();
    return token;
}

}  // namespace televisit::rest_api
