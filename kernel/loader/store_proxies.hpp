#pragma once
/// Host proxies of the stores: what consumers hold in the place of a provider's object.

#include "loader/port_caller.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::loader {

/// **Threads**: any worker. **Errors**: those of the store, and those of `PortCaller`.
class RecordStoreProxy final : public RecordStore {
  public:
    RecordStoreProxy(RecordStore& store, PortCaller caller, MetricRegistry& registry);

    Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) override;
    Result<bool> was_committed(const OperationId& operation, const CallContext& context) override;
    Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) override;
    Result<std::optional<SessionRecord>> session_by_room(const RoomId& room, const CallContext& context) override;
    Result<std::vector<SessionRecord>> sessions(const SessionQuery& query, const CallContext& context) override;
    Result<std::vector<SessionRecord>> due(Instant now, std::size_t limit, const CallContext& context) override;
    Result<std::optional<AttendeeRecord>> attendee(const SessionId& session, const UserId& user,
                                                   const CallContext& context) override;
    Result<std::optional<AttendeeRecord>> attendee_by_token(const TokenHash& token,
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
    const PortCaller caller_;
    const PortMethod commit_, was_committed_, session_, session_by_room_, sessions_, due_, attendee_,
        attendee_by_token_, attendees_, session_by_token_, invitation_, invitation_by_token_, invitations_, metrics_,
        quality_, idempotency_, events_, prune_;
};

/// **Threads**: any worker. **Errors**: those of the store, and those of `PortCaller`.
class PresenceStoreProxy final : public PresenceStore {
  public:
    PresenceStoreProxy(PresenceStore& store, PortCaller caller, MetricRegistry& registry);

    Result<Truth> load(const RoomId& room, const CallContext& context) override;
    Result<PresenceStep> replace(const Truth& next, const CallContext& context) override;
    Result<std::vector<RoomId>> rooms_of(const NodeId& node, const CallContext& context) override;
    Result<void> renew_lease(const NodeLease& lease, const CallContext& context) override;
    Result<std::vector<NodeLease>> leases(const CallContext& context) override;
    Result<void> drop_lease(const NodeId& node, const CallContext& context) override;

  private:
    PresenceStore& store_;
    const PortCaller caller_;
    const PortMethod load_, replace_, rooms_of_, renew_lease_, leases_, drop_lease_;
};

}  // namespace televisit::loader
