#pragma once
/// Records in Redis. A batch is one script: nothing happens in between, and Redis answers when it is on the disk.
///
/// **Threads**: any. **Blocks**: to the deadline: for a connection, for Redis. Reads are made again within it when
/// their connection was lost. **Errors**: those of `failure`; `unavailable` when no connection was free before the
/// deadline.

#include <atomic>
#include <cstddef>
#include <string>

#include "connection_pool.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_redis {

/// Of the keys; another number when an older server could not read them.
inline constexpr std::string_view kRecordsForm = "1";
/// While records are copied into it.
inline constexpr std::string_view kUnfinishedCopy = "unfinished copy";
inline constexpr char kUnfinishedCopyHelp[] =
    "it is the target of a copy that is not finished: run `televisitctl storage copy` again, to its end";

/// Whether what begins with `prefix` is of the form that this server knows; notes it where there is none yet.
/// **Blocks**: to the deadline. **Errors**: the messages are for an operator; `conflict` when it is of another, or of
/// a copy that is not finished.
Result<void> check_form(ConnectionPool& pool, const std::string& prefix, SteadyTime deadline);

class RedisRecords final : public RecordStore {
  public:
    /// The connections of `pool` are durable. `quality_kept`: samples for each session; the oldest goes first.
    RedisRecords(ConnectionPool& pool, const Clock& clock, std::string prefix, std::size_t quality_kept)
        : pool_(pool), clock_(clock), prefix_(std::move(prefix)), quality_kept_(quality_kept) {}

    Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) override;
    /// After a no, an attempt that is still on its way to Redis fails when it arrives.
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
    /// In steps, so that others write in between; operation ids and idempotency records expire in Redis besides.
    /// **Errors**: `unavailable` when the deadline came before all was gone.
    Result<void> prune(Instant before, const CallContext& context) override;

  private:
    std::string key(std::string_view kind, std::string_view id) const;
    std::string next_stamp();

    ConnectionPool& pool_;
    const Clock& clock_;
    const std::string prefix_;
    const std::size_t quality_kept_;
    std::atomic<std::int64_t> latest_stamp_{0};
};

}  // namespace televisit::storage_redis
