#pragma once
/// What a probe of one URL has found, and how to say it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace televisit::turn {

enum class ProbeFault : std::uint8_t {
    none,
    unknown_name,     ///< the host's name has no address
    unreachable,      ///< no route, or no socket
    refused,          ///< nobody listens there
    timed_out,        ///< no answer
    closed,           ///< the connection was closed
    tls_name,         ///< the certificate is for another name
    tls_expired,      ///< the certificate has ended
    tls_untrusted,    ///< the certificate's issuer is not trusted
    tls_failed,       ///< no TLS for another reason
    garbage,          ///< answers that are no STUN
    foreign,          ///< answers to somebody else's transaction
    forged,           ///< an answer that is not signed with the credentials
    unauthorized,     ///< 401
    forbidden,        ///< 403
    quota_reached,    ///< 486
    no_capacity,      ///< 508
    redirected,       ///< 300
    other_refusal,    ///< any other code
    unauthenticated,  ///< relays for everybody
    not_released,     ///< Refresh with lifetime 0 was refused
};

enum class Grade : std::uint8_t { up, degraded, down };

struct ProbeOutcome {
    ProbeFault fault = ProbeFault::none;
    std::string detail{};                  ///< what was refused and how; no secrets, no text of the server's
    std::chrono::microseconds latency{0};  ///< of the Binding; 0 when there was no answer
};

/// For metrics and logs: "timeout", "401", "tls_expired".
std::string_view code_of(ProbeFault fault) noexcept;
/// For an operator: what it means and what to look at.
std::string_view words_of(ProbeFault fault) noexcept;
/// Whether a server with that fault is still of use.
Grade grade_of(ProbeFault fault) noexcept;
std::string_view to_string(Grade grade) noexcept;

}  // namespace televisit::turn
