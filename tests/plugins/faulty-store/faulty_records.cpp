#include "faulty_records.hpp"

namespace televisit::faulty {

Result<CommitOutcome> FaultyRecords::commit(const RecordBatch& batch, const CallContext& context) {
    return behind_fault([&]() -> Result<CommitOutcome> {
        if (fault_.mode() == Mode::conflict) return CommitOutcome{};
        return store_.commit(batch, context);
    });
}

Result<bool> FaultyRecords::was_committed(const OperationId& operation, const CallContext& context) {
    return behind_fault([&] { return store_.was_committed(operation, context); });
}

Result<std::optional<SessionRecord>> FaultyRecords::session(const SessionId& id, const CallContext& context) {
    return behind_fault([&] { return store_.session(id, context); });
}

Result<std::optional<SessionRecord>> FaultyRecords::session_by_room(const RoomId& room, const CallContext& context) {
    return behind_fault([&] { return store_.session_by_room(room, context); });
}

Result<std::vector<SessionRecord>> FaultyRecords::sessions(const SessionQuery& query, const CallContext& context) {
    return behind_fault([&] { return store_.sessions(query, context); });
}

Result<std::vector<SessionRecord>> FaultyRecords::due(Instant now, std::size_t limit, const CallContext& context) {
    return behind_fault([&] { return store_.due(now, limit, context); });
}

Result<std::optional<AttendeeRecord>> FaultyRecords::attendee(const SessionId& session, const UserId& user,
                                                              const CallContext& context) {
    return behind_fault([&] { return store_.attendee(session, user, context); });
}

Result<std::optional<AttendeeRecord>> FaultyRecords::attendee_by_token(const TokenHash& access_token,
                                                                       const CallContext& context) {
    return behind_fault([&] { return store_.attendee_by_token(access_token, context); });
}

Result<std::vector<AttendeeRecord>> FaultyRecords::attendees(const SessionId& session, const CallContext& context) {
    return behind_fault([&] { return store_.attendees(session, context); });
}

Result<std::optional<SessionRecord>> FaultyRecords::session_by_token(const TokenHash& token,
                                                                     const CallContext& context) {
    return behind_fault([&] { return store_.session_by_token(token, context); });
}

Result<std::optional<InvitationRecord>> FaultyRecords::invitation(const InvitationId& id, const CallContext& context) {
    return behind_fault([&] { return store_.invitation(id, context); });
}

Result<std::optional<InvitationRecord>> FaultyRecords::invitation_by_token(const TokenHash& token,
                                                                           const CallContext& context) {
    return behind_fault([&] { return store_.invitation_by_token(token, context); });
}

Result<std::vector<InvitationRecord>> FaultyRecords::invitations(const SessionId& session, const CallContext& context) {
    return behind_fault([&] { return store_.invitations(session, context); });
}

Result<std::optional<MetricsRecord>> FaultyRecords::metrics(const SessionId& session, const CallContext& context) {
    return behind_fault([&] { return store_.metrics(session, context); });
}

Result<std::vector<QualityRecord>> FaultyRecords::quality(const SessionId& session, std::size_t limit,
                                                          const CallContext& context) {
    return behind_fault([&] { return store_.quality(session, limit, context); });
}

Result<std::optional<IdempotencyRecord>> FaultyRecords::idempotency(const std::string& key_hash, Instant now,
                                                                    const CallContext& context) {
    return behind_fault([&] { return store_.idempotency(key_hash, now, context); });
}

Result<std::vector<OutboxEvent>> FaultyRecords::events(std::uint64_t after, std::size_t limit,
                                                       const CallContext& context) {
    return behind_fault([&] { return store_.events(after, limit, context); });
}

Result<void> FaultyRecords::prune(Instant before, const CallContext& context) {
    return behind_fault([&] { return store_.prune(before, context); });
}

}  // namespace televisit::faulty
