#pragma once
/// Failures as `application/problem+json`. Source: RFC 9457; docs/protocol.md "Errors".

#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::rest_api {

/// The one table from codes to statuses.
int http_status(Errc code) noexcept;

/// The whole answer: the document, Retry-After where it helps, WWW-Authenticate with 401. `detail` of the error stays
/// out.
HttpResponse problem(const Error& failure);

}  // namespace televisit::rest_api
