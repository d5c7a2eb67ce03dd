#include "consult/operations.hpp"

#include <algorithm>

#include "consult/access.hpp"
#include "consult/parts.hpp"
#include "consult/sessions.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kMostListed = 500;

Error no_such_attendee() {
    return error(Errc::not_found, "attendee_not_found", "The consultation has no such attendee.");
}

}  // namespace

std::vector<OpenRoom> Operations::rooms(const RoomId& after, std::size_t limit) const {
    std::vector<OpenRoom> found;
    for (const auto& room : parts_.rooms.page(after, std::min(limit, kMostListed)))
        found.push_back({room->id(), room->session(), room->members().size(), room->seated()});
    return found;
}

Result<RoomPresence> Operations::room(const RoomId& id, const CallContext& context) const {
    auto truth = parts_.rooms.look(id, context);
    if (!truth.ok()) return truth.error();
    if ((*truth)->seq > 0) return **truth;
    const auto session = parts_.ports.records.session_by_room(id, context);
    if (!session.ok()) return session.error();
    if (!*session) return error(Errc::not_found, "room_not_found", "There is no such room.");
    return **truth;
}

Result<void> Operations::kick(const SessionId& id, const UserId& user, const CallContext& context) const {
    const auto found = session(id, context);
    if (!found.ok()) return found.error();
    if (is_over(found->status)) return session_over();
    auto& records = parts_.ports.records;
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        auto attendee = records.attendee(id, user, context);
        if (!attendee.ok()) return attendee.error();
        if (!*attendee) return no_such_attendee();
        auto& record = **attendee;
        auto batch = parts_.commits.batch();
        record.access_token = parts_.tokens.voided(record.id);
        record.updated_at = batch.now;
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{record, record.version});
        batch.events.push_back(
            Commits::event("attendee.kicked", batch.now, id, "\"attendee_id\":" + json_string(record.id.view())));
        // First the record: with that token nobody comes in behind the back of what follows.
        const auto committed = parts_.commits.commit(batch, context);
        if (!committed.ok()) return committed.error();
        if (!*committed) continue;
        parts_.ports.logger.info("attendee kicked", {{"session", id.view()}, {"attendee", record.id.view()}});
        return parts_.rooms.put_out(*found, record.id, LeaveReason::kicked, context, record.token_number);
    }
    return Commits::busy();
}

Result<std::vector<SessionRecord>> Operations::sessions(const SessionQuery& query, const CallContext& context) const {
    auto wanted = query;
    wanted.limit = std::clamp<std::size_t>(query.limit, 1, kMostListed);
    return parts_.ports.records.sessions(wanted, context);
}

Result<SessionRecord> Operations::session(const SessionId& id, const CallContext& context) const {
    auto found = parts_.ports.records.session(id, context);
    if (!found.ok()) return found.error();
    if (!*found) return no_such_session();
    return std::move(**found);
}

Result<std::vector<AttendeeRecord>> Operations::attendees(const SessionId& id, const CallContext& context) const {
    if (auto found = session(id, context); !found.ok()) return found.error();
    return parts_.ports.records.attendees(id, context);
}

Result<SessionRecord> Operations::end(const SessionId& id, const CallContext& context) const {
    auto found = session(id, context);
    if (!found.ok()) return found.error();
    return Sessions(parts_).end(std::move(*found), context);
}

Result<void> Operations::erase(const SessionId& id, const CallContext& context) const {
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        const auto found = session(id, context);
        if (!found.ok()) return found.error();
        const auto erased = Sessions(parts_).erase(*found, context);
        if (!erased.ok()) return erased.error();
        if (*erased) return {};
    }
    return Commits::busy();
}

}  // namespace televisit::consult
