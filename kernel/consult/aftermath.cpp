#include "consult/aftermath.hpp"

#include <algorithm>

#include "consult/roster.hpp"

namespace televisit::consult {

Result<void> Aftermath::settle(const CallContext& context) {
    constexpr std::size_t kAtOnce = 100;
    while (!done_) {
        SessionQuery query;
        query.status = SessionStatus::active;
        query.limit = kAtOnce;
        query.after = seen_to_;
        const auto page = parts_.ports.records.sessions(query, context);
        if (!page.ok()) return page.error();
        for (const auto& session : *page) {
            if (auto settled = settle(session, context); !settled) return settled;
            seen_to_ = {session.created_at, session.id};
        }
        done_ = page->empty();
    }
    return {};
}

Result<void> Aftermath::settle(const SessionRecord& session, const CallContext& context) const {
    // In this order: who is in by the records was in the room before, so who is not found there has gone.
    const auto attendees = parts_.ports.records.attendees(session.id, context);
    if (!attendees.ok()) return attendees.error();
    const auto room = parts_.ports.presence.load(session.room_id, context);
    if (!room.ok()) return room.error();
    // Nobody knows when they left. It was before now, and before the window closed.
    const auto out = std::min(parts_.ports.clock.now(), parts_.visits.closes_at(session));
    Footprint print;
    for (const auto& attendee : *attendees)
        if (attendee.joined_at && !attendee.left_at && !find_attendee((*room)->stays, attendee.id))
            print.people[attendee.user].out = std::max(out, *attendee.joined_at);
    if ((*room)->stays.empty()) print.emptied = out;
    return parts_.visits.record(session.id, print, context);
}

}  // namespace televisit::consult
