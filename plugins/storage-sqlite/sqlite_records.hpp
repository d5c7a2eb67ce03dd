#pragma once
/// Records in one SQLite file. What is acknowledged is on the disk: the log is synced with every commit.
///
/// One connection writes, one batch at a time in a BEGIN IMMEDIATE transaction; several read, and wait for no writer.
/// **Threads**: any. **Blocks**: to the deadline: for a connection, for the disk, for the locks of other processes.
/// **Errors**: those of `failure`; `unavailable` when no connection was free before the deadline.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "connection_pool.hpp"
#include "schema.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_sqlite {

struct StoreOptions {
    std::string file;
    std::chrono::milliseconds busy_timeout{2000};  ///< the longest wait for another process's lock
    std::size_t readers = 4;
    std::size_t max_size = 0;               ///< of the file, in bytes; 0: what the disk holds
    std::size_t quality_per_session = 500;  ///< the oldest sample goes first
};

class SqliteRecords final : public RecordStore {
  public:
    explicit SqliteRecords(StoreOptions options) : options_(std::move(options)) {}

    /// What `open` has found.
    struct Opened {
        int schema = 0;  ///< number of the last migration
        bool readable_by_others = false;
    };
    /// Makes the file with its tables if it is not there, and connects. Call once, before anything else.
    /// **Errors**: those of `prepare_file` and `make_or_check`.
    Result<Opened> open(Instant now);
    /// Closes every connection. Nobody may be in a call any more.
    void close();
    /// Moves what has been committed from the log into the database, in the way of nobody.
    Result<void> checkpoint(const CallContext& context);

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
    Result<CommitOutcome> write_all(Connection& connection, const RecordBatch& batch) const;
    Result<bool> has_operation(Connection& connection, const OperationId& operation) const;
    Result<int> prune_some(std::string_view sql, Instant before, const CallContext& context);

    StoreOptions options_;
    ConnectionPool writer_;  // of one
    ConnectionPool readers_;
    ConnectionPool keeper_;  // of one, for checkpoints
};

}  // namespace televisit::storage_sqlite
