#pragma once
/// What Redis answered to one command.

#include <cstdint>
#include <string>
#include <vector>

namespace televisit::storage_redis {

/// The first word of an error of Redis, e.g. "READONLY"; or one of those below. Empty for success. The rest of such an
/// error may quote what was sent, and is not kept.
using FailureCode = std::string;

/// The connection was lost, or never came to be.
inline constexpr char kLost[] = "lost";
/// No answer came by the deadline; the connection is of no use any more.
inline constexpr char kLate[] = "late";

struct Reply {
    enum class Kind : std::uint8_t { nothing, text, integer, list };

    FailureCode failure{};
    Kind kind = Kind::nothing;
    std::string text{};  ///< bytes
    std::int64_t integer = 0;
    std::vector<Reply> items{};

    bool ok() const noexcept { return failure.empty(); }
    bool is_nothing() const noexcept { return kind == Kind::nothing; }
    static Reply failed(FailureCode code) {
        Reply reply;
        reply.failure = std::move(code);
        return reply;
    }
};

}  // namespace televisit::storage_redis
