#pragma once
/// The bearer credential of a request. Source: RFC 6750 §2.1; tokens are taken from nowhere else.

#include <string_view>

#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::rest_api {

/// **Errors**: `unauthenticated`: `credential_missing` without an Authorization header, `invalid_token` for another
/// scheme, other characters than a token has, or several such headers.
Result<std::string_view> bearer_of(const HttpRequest& request);

}  // namespace televisit::rest_api
