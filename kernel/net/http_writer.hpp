#pragma once
/// An answer's head, written out.

#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/http.hpp"

namespace televisit::net {

/// What the host adds to a handler's answer.
struct ResponseFrame {
    std::string_view date;
    std::string_view request_id;
    bool close = false;
    bool own_cors = true;             ///< false: the handler answers CORS by itself, and its fields are kept
    std::vector<HttpHeader> headers;  ///< CORS, Allow
};

/// Whether the answer can be sent at all: a final status, and no field that would break the framing.
bool sendable(const HttpResponse& response) noexcept;
/// Whether answers of that status have a body.
constexpr bool has_body(int status) noexcept {
    return status >= 200 && status != 204 && status != 304;
}
/// Status line and fields with the empty line. Fields that are the host's (Content-Length, Transfer-Encoding,
/// Connection, Date, X-Request-Id, CORS) are left out of what the handler gave.
std::string write_head(const HttpResponse& response, const ResponseFrame& frame);

}  // namespace televisit::net
