#include "probe_fault.hpp"

namespace televisit::turn {

namespace {

struct Entry {
    ProbeFault fault;
    std::string_view code;
    Grade grade;
    std::string_view words;
};

constexpr Entry kEntries[] = {
    {ProbeFault::none, "ok", Grade::up, "relays"},
    {ProbeFault::unknown_name, "unknown_name", Grade::down, "its name has no address: look at the URL and at DNS"},
    {ProbeFault::unreachable, "unreachable", Grade::down,
     "there is no way to its address: look at routes and firewalls"},
    {ProbeFault::refused, "refused", Grade::down,
     "nobody listens on that port: is coturn running, and is this one of its ports?"},
    {ProbeFault::timed_out, "timeout", Grade::down,
     "no answer: a firewall drops the packets, or the address or port is wrong"},
    {ProbeFault::closed, "closed", Grade::down, "it closed the connection: does it speak TURN on that port?"},
    {ProbeFault::tls_name, "tls_name", Grade::down,
     "its certificate is for another name than the URL has: browsers will refuse it"},
    {ProbeFault::tls_expired, "tls_expired", Grade::down, "its certificate has expired: renew it and restart coturn"},
    {ProbeFault::tls_untrusted, "tls_untrusted", Grade::down,
     "its certificate comes from nobody that is trusted here: is the chain complete, or `probe.ca_file` to be set?"},
    {ProbeFault::tls_failed, "tls_failed", Grade::down,
     "TLS could not be agreed upon: does it speak TLS on that port?"},
    {ProbeFault::garbage, "garbage", Grade::down, "what it answers is no STUN: something else listens there"},
    {ProbeFault::foreign, "foreign_transaction", Grade::down,
     "it answers questions that were not asked: something between here and there mixes up answers"},
    {ProbeFault::forged, "not_signed", Grade::down,
     "its answer is not signed with these credentials: this is not the server that knows the secret"},
    {ProbeFault::unauthorized, "401", Grade::down,
     "it refuses the credentials: are secret (or username and password) and realm the same on both sides, and are both "
     "clocks right?"},
    {ProbeFault::forbidden, "403", Grade::down, "it forbids relaying: look at its denied and allowed addresses"},
    {ProbeFault::quota_reached, "486", Grade::degraded,
     "its quota of allocations is used up: raise total-quota, or add a server"},
    {ProbeFault::no_capacity, "508", Grade::degraded, "it has no relay port left: widen min-port … max-port"},
    {ProbeFault::redirected, "300", Grade::down, "it sends clients to another server: configure that one"},
    {ProbeFault::other_refusal, "refusal", Grade::down, "it refuses, with a code that its log will explain"},
    {ProbeFault::unauthenticated, "no_authentication", Grade::degraded,
     "it relays for anybody without credentials: set use-auth-secret"},
    {ProbeFault::not_released, "not_released", Grade::degraded, "it relays, but would not end the relay when asked to"},
};

const Entry& entry_of(ProbeFault fault) noexcept {
    return kEntries[static_cast<std::size_t>(fault)];
}

}  // namespace

std::string_view code_of(ProbeFault fault) noexcept {
    return entry_of(fault).code;
}

std::string_view words_of(ProbeFault fault) noexcept {
    return entry_of(fault).words;
}

Grade grade_of(ProbeFault fault) noexcept {
    return entry_of(fault).grade;
}

std::string_view to_string(Grade grade) noexcept {
    switch (grade) {
        case Grade::up:
            return "up";
        case Grade::degraded:
            return "degraded";
        case Grade::down:
            return "down";
    }
    return "down";
}

}  // namespace televisit::turn
