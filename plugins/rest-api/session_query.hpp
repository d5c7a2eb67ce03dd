#pragma once
/// The query of `GET /sessions`, and the cursor that continues it.

#include <string>

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::rest_api {

inline constexpr std::size_t kDefaultPage = 50;
inline constexpr std::size_t kMaxPage = 100;

/// **Errors**: `invalid` with `invalid_parameter`; the message names it. Unknown parameters are passed over;
/// times are read by the kernel.
Result<SessionFilter> read_session_query(const HttpRequest& request);

/// Where the page after this session begins.
std::string cursor_after(const SessionRecord& last);

}  // namespace televisit::rest_api
