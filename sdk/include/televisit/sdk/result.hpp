#pragma once
/// Expected failures: a closed set of codes, and `Result<T>` to return them.
///
/// Source: docs/protocol.md "Errors". One table in the host maps `Errc` to HTTP statuses, one to Socket.IO `error`
/// codes.

#include <cassert>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace televisit {

/// What went wrong, as far as a caller can act on it. The set is closed: a plugin picks the nearest.
enum class Errc : std::uint8_t {
    malformed,              ///< the input cannot be read at all (400)
    unauthenticated,        ///< no credential, or one that does not hold (401)
    forbidden,              ///< known, but not allowed (403)
    not_found,              ///< no such thing, or none that the caller may know of (404)
    conflict,               ///< the state of the thing forbids it (409)
    stale,                  ///< the version given is not the current one (412)
    too_large,              ///< above a size limit (413)
    unsupported_media,      ///< a body of the wrong type (415)
    invalid,                ///< readable, but a value is outside its rules (422)
    precondition_required,  ///< a version must be given (428)
    rate_limited,           ///< too often; see `retry_after` (429)
    unavailable,            ///< a dependency is away or its queue is full; try again (503)
    timeout,                ///< not done by the deadline; the outcome of a write is unknown (503)
    internal,               ///< a fault of the program (500)
};

/// The stable snake_case name of a code, e.g. "not_found".
constexpr std::string_view to_string(Errc code) noexcept {
    switch (code) {
        case Errc::malformed:
            return "malformed";
        case Errc::unauthenticated:
            return "unauthenticated";
        case Errc::forbidden:
            return "forbidden";
        case Errc::not_found:
            return "not_found";
        case Errc::conflict:
            return "conflict";
        case Errc::stale:
            return "stale";
        case Errc::too_large:
            return "too_large";
        case Errc::unsupported_media:
            return "unsupported_media";
        case Errc::invalid:
            return "invalid";
        case Errc::precondition_required:
            return "precondition_required";
        case Errc::rate_limited:
            return "rate_limited";
        case Errc::unavailable:
            return "unavailable";
        case Errc::timeout:
            return "timeout";
        case Errc::internal:
            return "internal";
    }
    return "internal";
}

/// One field of the input that is wrong.
struct FieldError {
    std::string pointer;  ///< JSON pointer (RFC 6901) into the request body, e.g. "/scheduled_end_time"
    std::string code;     ///< snake_case, e.g. "required"
    std::string message;  ///< fit for the person who sent the request
};

/// A failure on its way to whoever asked.
struct Error {
    Errc code = Errc::internal;
    std::string reason;  ///< stable snake_case name of this very failure, e.g. "join_too_early"; empty: the code's name
    std::string message;  ///< fit for a patient's browser: no path, SQL, secret or stack
    std::string detail;   ///< for the log only; no tokens, SDP, chat, names or SQL values either
    std::vector<FieldError> fields{};
    std::optional<std::chrono::seconds> retry_after{};
    /// Further members of the problem document, as name and JSON text, e.g. {"opens_at", "\"2026-01-25T09:45:00Z\""}.
    std::vector<std::pair<std::string, std::string>> members{};

    std::string_view name() const noexcept { return reason.empty() ? to_string(code) : std::string_view(reason); }
};

/// An error with its code and a message for the caller.
inline Error error(Errc code, std::string message) {
    return Error{code, {}, std::move(message), {}};
}

/// The same with the stable name of the failure.
inline Error error(Errc code, std::string reason, std::string message) {
    return Error{code, std::move(reason), std::move(message), {}};
}

/// Either a value or an `Error`. Asking for the one that is not there is a programmer's error.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}

    explicit operator bool() const noexcept { return ok(); }
    bool ok() const noexcept { return state_.index() == 0; }

    T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
    const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
    T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    Error& error() & { return assert(!ok()), *std::get_if<1>(&state_); }
    const Error& error() const& { return assert(!ok()), *std::get_if<1>(&state_); }
    Error&& error() && { return assert(!ok()), std::move(*std::get_if<1>(&state_)); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error failure) : failure_(std::move(failure)) {}

    explicit operator bool() const noexcept { return ok(); }
    bool ok() const noexcept { return !failure_.has_value(); }

    Error& error() & { return assert(!ok()), *failure_; }
    const Error& error() const& { return assert(!ok()), *failure_; }
    Error&& error() && { return assert(!ok()), std::move(*failure_); }

  private:
    std::optional<Error> failure_;
};

}  // namespace televisit
