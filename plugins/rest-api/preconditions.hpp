#pragma once
/// `If-Match`. Source: RFC 9110 §13.1.1.

#include <string_view>
#include <vector>

#include "televisit/sdk/http.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::rest_api {

/// The versions that a caller is content with.
struct ExpectedVersions {
    bool any = false;  ///< `*`
    std::vector<Version> versions{};

    bool accepts(Version version) const;
};

/// **Errors**: `precondition_required` without the header, `malformed` when it is no list of entity tags. Weak tags,
/// and tags that were never ours, match nothing.
Result<ExpectedVersions> if_match(const HttpRequest& request);

}  // namespace televisit::rest_api
