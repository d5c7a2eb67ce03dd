#include "memory_records.hpp"

namespace televisit::storage_memory {
namespace {

template <class Record>
std::optional<Record> copy(const Record* record) {
    return record ? std::optional(*record) : std::nullopt;
}

}  // namespace

Result<CommitOutcome> MemoryRecords::commit(const RecordBatch& batch, const CallContext&) {
    const std::lock_guard lock(mutex_);
    if (tables_.has_operation(batch.operation)) return CommitOutcome{true, 0};
    if (const auto refused = tables_.first_refused(batch)) return CommitOutcome{false, *refused};
    if (!tables_.make_room(batch))
        return error(Errc::unavailable, "store_full", "The server keeps as many consultations as it may.");
    tables_.apply(batch);
    return CommitOutcome{true, 0};
}

Result<bool> MemoryRecords::was_committed(const OperationId& operation, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.has_operation(operation);
}

Result<std::optional<SessionRecord>> MemoryRecords::session(const SessionId& id, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.session(id));
}

Result<std::optional<SessionRecord>> MemoryRecords::session_by_room(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.session_by_room(room));
}

Result<std::vector<SessionRecord>> MemoryRecords::sessions(const SessionQuery& query, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.sessions(query);
}

Result<std::vector<SessionRecord>> MemoryRecords::due(Instant now, std::size_t limit, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.due(now, limit);
}

Result<std::optional<AttendeeRecord>> MemoryRecords::attendee(const SessionId& session, const UserId& user,
                                                              const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.attendee(session, user));
}

Result<std::optional<AttendeeRecord>> MemoryRecords::attendee_by_token(const TokenHash& access_token,
                                                                       const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.attendee_by_token(access_token));
}

Result<std::vector<AttendeeRecord>> MemoryRecords::attendees(const SessionId& session, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.attendees(session);
}

Result<std::optional<SessionRecord>> MemoryRecords::session_by_token(const TokenHash& token, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.session_by_token(token));
}

Result<std::optional<InvitationRecord>> MemoryRecords::invitation(const InvitationId& id, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.invitation(id));
}

Result<std::optional<InvitationRecord>> MemoryRecords::invitation_by_token(const TokenHash& token, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.invitation_by_token(token));
}

Result<std::vector<InvitationRecord>> MemoryRecords::invitations(const SessionId& session, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.invitations(session);
}

Result<std::optional<MetricsRecord>> MemoryRecords::metrics(const SessionId& session, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.metrics(session));
}

Result<std::vector<QualityRecord>> MemoryRecords::quality(const SessionId& session, std::size_t limit,
                                                          const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.quality(session, limit);
}

Result<std::optional<IdempotencyRecord>> MemoryRecords::idempotency(const std::string& key_hash, Instant now,
                                                                    const CallContext&) {
    const std::lock_guard lock(mutex_);
    return copy(tables_.idempotency(key_hash, now));
}

Result<std::vector<OutboxEvent>> MemoryRecords::events(std::uint64_t after, std::size_t limit, const CallContext&) {
    const std::lock_guard lock(mutex_);
    return tables_.events(after, limit);
}

Result<void> MemoryRecords::prune(Instant before, const CallContext&) {
    const std::lock_guard lock(mutex_);
    tables_.prune(before);
    return {};
}

}  // namespace televisit::storage_memory
