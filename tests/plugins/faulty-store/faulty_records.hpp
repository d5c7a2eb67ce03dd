#pragma once
/// Records in memory, behind a fault. **Threads**: any.

#include <utility>

#include "fault.hpp"
#include "memory_records.hpp"

namespace televisit::faulty {

class FaultyRecords final : public RecordStore {
  public:
    explicit FaultyRecords(Fault& fault) : fault_(fault) {}

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
    template <class Call>
    auto behind_fault(Call&& call) -> decltype(call()) {
        if (auto passed = fault_.pass(); !passed) return std::move(passed).error();
        return std::forward<Call>(call)();
    }

    Fault& fault_;
    storage_memory::MemoryRecords store_;
};

}  // namespace televisit::faulty
