#pragma once
/// Records in PostgreSQL. A batch is one transaction; its operation id is its first row, so that of two that carry the
/// same one waits for the other.
///
/// **Threads**: any. **Blocks**: to the deadline: for a connection, for the database. What a passing failure undid (a
/// lost connection, a deadlock) is tried again within it. **Errors**: those of `failure`; `unavailable` when no
/// connection was free before the deadline.

#include <cstddef>

#include "connection_pool.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_postgres {

struct StoreOptions {
    ConnectionSettings settings;
    std::size_t connections = 8;
    std::size_t quality_per_session = 500;  ///< the oldest sample goes first
};

class PostgresRecords final : public RecordStore {
  public:
    explicit PostgresRecords(StoreOptions options)
        : pool_(std::move(options.settings), options.connections), quality_kept_(options.quality_per_session) {}

    /// Connects, and looks at the schema. **Errors**: those of `check_schema`; the messages are for an operator.
    Result<void> open(const CallContext& context);
    /// Closes every connection. Nobody may be in a call any more.
    void close() { pool_.clear(); }
    ConnectionPool::Figures figures() const { return pool_.figures(); }

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
    /// In steps, so that others write in between. **Errors**: `unavailable` when the deadline came before all was gone.
    Result<void> prune(Instant before, const CallContext& context) override;

  private:
    Result<CommitOutcome> commit_once(Connection& connection, const RecordBatch& batch) const;
    Result<CommitOutcome> write_all(Connection& connection, const RecordBatch& batch) const;

    ConnectionPool pool_;
    const std::size_t quality_kept_;
};

}  // namespace televisit::storage_postgres
