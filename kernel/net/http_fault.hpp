#pragma once
/// What is wrong with a request before any handler saw it.

#include <string_view>

namespace televisit::net {

/// The answer to bytes that are no request we take. The texts are constants: nothing of the request is in them.
struct HttpFault {
    int status = 0;           ///< 0: no fault
    std::string_view code;    ///< stable, snake_case
    std::string_view detail;  ///< fit for the client
    explicit operator bool() const noexcept { return status != 0; }
};

inline constexpr HttpFault kNoFault{};

constexpr HttpFault malformed(std::string_view detail) noexcept {
    return {400, "malformed_request", detail};
}

}  // namespace televisit::net
