#pragma once
/// The request target: path and query out of what stands in the request line.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_fault.hpp"

namespace televisit::net {

struct HttpTarget {
    std::string path;       ///< decoded; begins with '/', or is "*"
    std::string raw_query;  ///< as sent, without '?'
    std::vector<std::pair<std::string, std::string>> query;
    std::string_view authority;  ///< of the absolute form, a view into the target; else empty
};

/// Takes origin-form, absolute-form (http, https) and asterisk-form. Refused, each with 400: characters outside
/// printable ASCII, a fragment, bad percent-encoding, NUL and other control characters, an encoded slash, dot segments
/// (a browser resolves them before it sends; what arrives here with them wants out of a folder), a path that is not
/// UTF-8.
/// **Source**: RFC 9112 section 3.2, RFC 3986 section 2.1.
HttpFault parse_target(std::string_view text, HttpTarget& target);

/// `host[:port]` as in a Host field or an absolute-form target. **Source**: RFC 3986 section 3.2.2.
bool valid_authority(std::string_view text) noexcept;

}  // namespace televisit::net
