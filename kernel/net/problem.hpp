#pragma once
/// The host's own errors as `application/problem+json` (RFC 9457).

#include "net/http_fault.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::net {

/// The one table from codes to HTTP statuses.
constexpr int status_of(Errc code) noexcept {
    switch (code) {
        case Errc::malformed:
            return 400;
        case Errc::unauthenticated:
            return 401;
        case Errc::forbidden:
            return 403;
        case Errc::not_found:
            return 404;
        case Errc::conflict:
            return 409;
        case Errc::stale:
            return 412;
        case Errc::too_large:
            return 413;
        case Errc::unsupported_media:
            return 415;
        case Errc::invalid:
            return 422;
        case Errc::precondition_required:
            return 428;
        case Errc::rate_limited:
            return 429;
        case Errc::unavailable:
        case Errc::timeout:
            return 503;
        case Errc::internal:
            return 500;
    }
    return 500;
}

/// The reason phrase of a status; empty for one that is not known.
std::string_view reason_phrase(int status) noexcept;

/// 429 and 503 carry Retry-After, the error's or one second.
HttpResponse problem(int status, std::string_view code, std::string_view detail);
HttpResponse problem(const HttpFault& fault);
/// With the error's fields and members. `detail` of the error is for the log, and does not appear.
HttpResponse problem(const Error& error);

}  // namespace televisit::net
