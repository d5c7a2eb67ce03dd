#pragma once
/// The parameters of an operator's request. **Errors**: `invalid`, naming the parameter.

#include <cstdint>
#include <optional>
#include <string_view>

#include "televisit/sdk/http.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::daemon {

/// Empty when there is none.
std::string_view text_of(const HttpRequest& request, std::string_view name);
/// Nothing when there is none.
Result<std::optional<std::int64_t>> number_of(const HttpRequest& request, std::string_view name, std::int64_t least,
                                              std::int64_t most);
/// How many items a page may have.
Result<std::size_t> limit_of(const HttpRequest& request);
Result<SessionQuery> query_of(const HttpRequest& request);
/// What `after` has to be for the page behind that session.
std::string position_behind(const SessionRecord& session);

}  // namespace televisit::daemon
