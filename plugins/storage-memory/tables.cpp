#include "tables.hpp"

#include <algorithm>

namespace televisit::storage_memory {

const Tables::Visit* Tables::visit(const SessionId& id) const {
    const auto found = visits_.find(id);
    return found == visits_.end() ? nullptr : &found->second;
}

const SessionRecord* Tables::session(const SessionId& id) const {
    const auto* found = visit(id);
    return found ? &found->session : nullptr;
}

const SessionRecord* Tables::session_by_room(const RoomId& room) const {
    const auto found = rooms_.find(room);
    return found == rooms_.end() ? nullptr : session(found->second);
}

const SessionRecord* Tables::session_by_token(const TokenHash& token) const {
    const auto found = session_tokens_.find(token);
    return found == session_tokens_.end() ? nullptr : session(found->second);
}

std::vector<SessionRecord> Tables::sessions(const SessionQuery& query) const {
    const auto wanted = [&](const SessionRecord& record) {
        return (query.participant.empty() || query.participant == record.doctor_id ||
                query.participant == record.patient_id) &&
               (query.doctor_id.empty() || query.doctor_id == record.doctor_id) &&
               (query.patient_id.empty() || query.patient_id == record.patient_id) &&
               (!query.status || *query.status == record.status) &&
               (!query.from || record.scheduled_start >= *query.from) &&
               (!query.to || record.scheduled_start < *query.to);
    };
    std::vector<SessionRecord> page;
    auto next = query.after ? by_creation_.lower_bound(*query.after) : by_creation_.end();
    while (next != by_creation_.begin() && page.size() < query.limit) {
        --next;
        const auto* record = session(next->second);
        if (wanted(*record)) page.push_back(*record);
    }
    return page;
}

std::vector<SessionRecord> Tables::due(Instant now, std::size_t limit) const {
    std::vector<SessionRecord> found;
    for (auto next = by_due_.begin(); next != by_due_.end() && next->first <= now && found.size() < limit; ++next)
        found.push_back(*session(next->second));
    return found;
}

const AttendeeRecord* Tables::attendee(const SessionId& session, const UserId& user) const {
    const auto* in = visit(session);
    if (!in) return nullptr;
    const auto found = in->attendees.find(user);
    return found == in->attendees.end() ? nullptr : &found->second;
}

const AttendeeRecord* Tables::attendee_by_token(const TokenHash& token) const {
    const auto found = attendee_tokens_.find(token);
    if (found == attendee_tokens_.end()) return nullptr;
    const auto& [session, user] = attendee_ids_.at(found->second);
    return attendee(session, user);
}

std::vector<AttendeeRecord> Tables::attendees(const SessionId& session) const {
    std::vector<AttendeeRecord> all;
    if (const auto* in = visit(session))
        for (const auto& [_, record] : in->attendees) all.push_back(record);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::pair(a.created_at, a.id) < std::pair(b.created_at, b.id);
    });
    return all;
}

const InvitationRecord* Tables::invitation(const InvitationId& id) const {
    const auto found = invitation_ids_.find(id);
    return found == invitation_ids_.end() ? nullptr : &visits_.at(found->second).invitations.at(id);
}

const InvitationRecord* Tables::invitation_by_token(const TokenHash& token) const {
    const auto found = invitation_tokens_.find(token);
    return found == invitation_tokens_.end() ? nullptr : invitation(found->second);
}

std::vector<InvitationRecord> Tables::invitations(const SessionId& session) const {
    std::vector<InvitationRecord> all;
    if (const auto* in = visit(session))
        for (const auto& [_, record] : in->invitations) all.push_back(record);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::pair(a.created_at, a.id) < std::pair(b.created_at, b.id);
    });
    return all;
}

const MetricsRecord* Tables::metrics(const SessionId& session) const {
    const auto* in = visit(session);
    return in && in->metrics ? &*in->metrics : nullptr;
}

std::vector<QualityRecord> Tables::quality(const SessionId& session, std::size_t limit) const {
    const auto* in = visit(session);
    if (!in) return {};
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, in->quality.size()));
    return {in->quality.end() - count, in->quality.end()};
}

const IdempotencyRecord* Tables::idempotency(const std::string& key_hash, Instant now) const {
    const auto found = idempotency_.find(key_hash);
    return found == idempotency_.end() || found->second.expires_at <= now ? nullptr : &found->second;
}

std::vector<OutboxEvent> Tables::events(std::uint64_t after, std::size_t limit) const {
    auto next = std::upper_bound(events_.begin(), events_.end(), after,
                                 [](std::uint64_t cursor, const OutboxEvent& event) { return cursor < event.cursor; });
    std::vector<OutboxEvent> found;
    for (; next != events_.end() && found.size() < limit; ++next) found.push_back(*next);
    return found;
}

void Tables::erase(const SessionId& id) {
    const auto found = visits_.find(id);
    if (found == visits_.end()) return;
    const auto& visit = found->second;
    for (const auto& [_, record] : visit.attendees) {
        attendee_tokens_.erase(record.access_token);
        attendee_ids_.erase(record.id);
    }
    for (const auto& [_, record] : visit.invitations) {
        invitation_tokens_.erase(record.token);
        invitation_ids_.erase(record.id);
    }
    rooms_.erase(visit.session.room_id);
    session_tokens_.erase(visit.session.doctor_token);
    session_tokens_.erase(visit.session.patient_token);
    by_creation_.erase({visit.session.created_at, id});
    if (visit.session.due_at) by_due_.erase({*visit.session.due_at, id});
    over_.erase({visit.session.updated_at, id});
    visits_.erase(found);
}

void Tables::prune(Instant before) {
    while (!operation_order_.empty() && operations_.at(operation_order_.front()) < before) {
        operations_.erase(operation_order_.front());
        operation_order_.pop_front();
    }
    std::erase_if(idempotency_, [before](const auto& entry) { return entry.second.expires_at < before; });
    while (!events_.empty() && events_.front().at < before) events_.pop_front();
}

}  // namespace televisit::storage_memory
