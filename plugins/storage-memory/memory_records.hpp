#pragma once
/// Records for as long as the process lives. **Threads**: any. **Blocks**: for a mutex only.

#include <mutex>

#include "tables.hpp"

namespace televisit::storage_memory {

class MemoryRecords final : public RecordStore {
  public:
    explicit MemoryRecords(RecordLimits limits = {}) : tables_(limits) {}

    /// **Errors**: `unavailable` when the limit of sessions is reached and none of them is over.
    Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) override;
    Result<bool> was_committed(const OperationId& operation, const CallContext& context) override;
    Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) override;
    Result<std::optional<SessionRecord>> session_by_room(const RoomId& room, const CallContext& context) override;
    Result<std::vector<SessionRecord>> sessions(const SessionQuery& query, const CallContext& context) override;
    Result<std::vector<SessionRecord>> due(Instant now, std::size_t limit, const CallContext& context) override;
    Result<std::optional<AttendeeRecord>> attendee(const SessionId& session, const UserId& user,
                                                   const CallContext& context) override;
    Result<std::optional<AttendeeRecord>> attendee_by_token(const TokenHash& access_token,
                                                            const CallContext& context) override;
    Result<std::vector<AttendeeRecord>> attendees(const SessionId& session, const CallContext& context) override;
    Result<std::optional<SessionRecord>> session_by_token(const TokenHash& token, const CallContext& context) override;
    Result<std::optional<InvitationRecord>> invitation(const InvitationId& id, const CallContext& context) override;
    Result<std::optional<InvitationRecord>> invitation_by_token(const TokenHash& token,
                                                                const CallContext& context) override;
    Result<std::vector<InvitationRecord>> invitations(const SessionId& session, const CallContext& context) override;
    Result<std::optional<MetricsRecord>> metrics(const SessionId& session, const CallContext& context) override;
    Result<std::vector<QualityRecord>> quality(const SessionId& session, std::size_t limit,
                                               const CallContext& context) override;
    Result<std::optional<IdempotencyRecord>> idempotency(const std::string& key_hash, Instant now,
                                                         const CallContext& context) override;
    Result<std::vector<OutboxEvent>> events(std::uint64_t after, std::size_t limit,
                                            const CallContext& context) override;
    Result<void> prune(Instant before, const CallContext& context) override;

  private:
    std::mutex mutex_;
    Tables tables_;  // guarded by mutex_
};

}  // namespace televisit::storage_memory
