#pragma once
/// Stores that fail when the test says so, around stores that do not.

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::testkit {

/// When calls fail. **Threads**: any.
class Faults {
  public:
    /// Every call is answered with that error, and does not reach the store, until `heal`.
    void break_with(Errc code);
    void heal();
    /// The next calls are answered with that error, and do not reach the store.
    void fail_next(std::size_t count, Errc code);
    /// The next calls are done, but their answers lost: the caller gets `timeout`.
    void lose_answers(std::size_t count);
    /// Runs before every call that reaches the store, on the caller's thread, with the name of the function: for what
    /// somebody else does in that very moment.
    void before_calls(std::function<void(std::string_view function)> hook);

    std::optional<Error> before(std::string_view function);
    std::optional<Error> after();

  private:
    std::mutex mutex_;
    std::optional<Errc> broken_;  // guarded by mutex_, as below
    std::size_t failing_ = 0;
    Errc failing_with_ = Errc::unavailable;
    std::size_t losing_ = 0;
    std::function<void(std::string_view)> hook_;
};

class FaultyRecordStore : public RecordStore {
  public:
    explicit FaultyRecordStore(RecordStore& store) : store_(store) {}
    Faults faults;

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
    RecordStore& store_;
};

class FaultyPresenceStore : public PresenceStore {
  public:
    explicit FaultyPresenceStore(PresenceStore& store) : store_(store) {}
    Faults faults;

    Result<Truth> load(const RoomId& room, const CallContext& context) override;
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override;
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override;
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override;
    Result<std::vector<NodeLease>> leases(const CallContext& context) override;
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override;

  private:
    PresenceStore& store_;
};

}  // namespace televisit::testkit
