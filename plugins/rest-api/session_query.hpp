#pragma once
/// The query of `GET /sessions`.

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::rest_api {

inline constexpr std::size_t kDefaultPage = 50;
inline constexpr std::size_t kMaxPage = 100;

/// **Errors**: `invalid` with `invalid_parameter`; the message names it. Unknown parameters are passed over;
/// times are read by the kernel.
Result<SessionFilter> read_session_query(const HttpRequest& request, const Identity& caller, const Secrets& secrets);

}  // namespace televisit::rest_api
