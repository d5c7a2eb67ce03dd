#pragma once
/// How long what belongs to a session that is over is kept, and what is to be removed when.

#include <cstdint>
#include <optional>
#include <string_view>

#include "consult/ports.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::consult {

enum class Removal : std::uint8_t { names, metadata, device_information, session };

constexpr std::string_view to_string(Removal what) noexcept {
    switch (what) {
        case Removal::names:
            return "names";
        case Removal::metadata:
            return "metadata";
        case Removal::device_information:
            return "device_information";
        case Removal::session:
            return "session";
    }
    return "session";
}

struct PlannedRemoval {
    Removal what = Removal::session;
    Instant at{};
};

/// When it came to its end; of a record from before that was noted, as well as can be told.
constexpr Instant ended_at(const SessionRecord& session) {
    return session.closed_at ? *session.closed_at : session.actual_end ? *session.actual_end : session.updated_at;
}

/// The first thing that is still to be removed of a session that is over. Nothing when all that is left is kept for
/// ever.
inline std::optional<PlannedRemoval> next_removal(const SessionRecord& session, const RetentionTimes& times) {
    std::optional<PlannedRemoval> next;
    const auto consider = [&](Removal what, const std::optional<std::chrono::milliseconds>& kept, bool done) {
        if (!kept || done) return;
        const auto at = ended_at(session) + Duration(*kept);
        if (!next || at < next->at) next = PlannedRemoval{what, at};
    };
    // First: of what is due at the same moment the whole goes, not its parts.
    consider(Removal::session, times.closed_sessions, false);
    consider(Removal::names, times.names, session.names_removed);
    consider(Removal::metadata, times.metadata, session.metadata_removed);
    consider(Removal::device_information, times.device_information, session.device_information_removed);
    return next;
}

}  // namespace televisit::consult
