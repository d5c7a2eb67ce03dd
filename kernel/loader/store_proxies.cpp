#include "loader/store_proxies.hpp"

namespace televisit::loader {
namespace {

Error no_truth() {
    auto failure = error(Errc::internal, "Something went wrong on the server.");
    failure.detail = "the presence store answered without a truth";
    return failure;
}

}  // namespace

RecordStoreProxy::RecordStoreProxy(RecordStore& store, PortCaller caller, MetricRegistry& registry)
    : store_(store),
      caller_(caller),
      commit_(registry, "records", "commit", caller_.guard().plugin()),
      was_committed_(registry, "records", "was_committed", caller_.guard().plugin()),
      session_(registry, "records", "session", caller_.guard().plugin()),
      session_by_room_(registry, "records", "session_by_room", caller_.guard().plugin()),
      sessions_(registry, "records", "sessions", caller_.guard().plugin()),
      due_(registry, "records", "due", caller_.guard().plugin()),
      attendee_(registry, "records", "attendee", caller_.guard().plugin()),
      attendee_by_token_(registry, "records", "attendee_by_token", caller_.guard().plugin()),
      attendees_(registry, "records", "attendees", caller_.guard().plugin()),
      session_by_token_(registry, "records", "session_by_token", caller_.guard().plugin()),
      invitation_(registry, "records", "invitation", caller_.guard().plugin()),
      invitation_by_token_(registry, "records", "invitation_by_token", caller_.guard().plugin()),
      invitations_(registry, "records", "invitations", caller_.guard().plugin()),
      metrics_(registry, "records", "metrics", caller_.guard().plugin()),
      quality_(registry, "records", "quality", caller_.guard().plugin()),
      idempotency_(registry, "records", "idempotency", caller_.guard().plugin()),
      events_(registry, "records", "events", caller_.guard().plugin()),
      prune_(registry, "records", "prune", caller_.guard().plugin()) {}

Result<CommitOutcome> RecordStoreProxy::commit(const RecordBatch& batch, const CallContext& context) {
    return caller_.call<CommitOutcome>(
        commit_, context, [&store = store_, batch](const CallContext& call) { return store.commit(batch, call); });
}

Result<bool> RecordStoreProxy::was_committed(const OperationId& operation, const CallContext& context) {
    return caller_.call<bool>(was_committed_, context, [&store = store_, operation](const CallContext& call) {
        return store.was_committed(operation, call);
    });
}

Result<std::optional<SessionRecord>> RecordStoreProxy::session(const SessionId& id, const CallContext& context) {
    return caller_.call<std::optional<SessionRecord>>(
        session_, context, [&store = store_, id](const CallContext& call) { return store.session(id, call); });
}

Result<std::optional<SessionRecord>> RecordStoreProxy::session_by_room(const RoomId& room, const CallContext& context) {
    return caller_.call<std::optional<SessionRecord>>(
        session_by_room_, context,
        [&store = store_, room](const CallContext& call) { return store.session_by_room(room, call); });
}

Result<std::vector<SessionRecord>> RecordStoreProxy::sessions(const SessionQuery& query, const CallContext& context) {
    return caller_.call<std::vector<SessionRecord>>(
        sessions_, context, [&store = store_, query](const CallContext& call) { return store.sessions(query, call); });
}

Result<std::vector<SessionRecord>> RecordStoreProxy::due(Instant now, std::size_t limit, const CallContext& context) {
    return caller_.call<std::vector<SessionRecord>>(
        due_, context, [&store = store_, now, limit](const CallContext& call) { return store.due(now, limit, call); });
}

Result<std::optional<AttendeeRecord>> RecordStoreProxy::attendee(const SessionId& session, const UserId& user,
                                                                 const CallContext& context) {
    return caller_.call<std::optional<AttendeeRecord>>(
        attendee_, context,
        [&store = store_, session, user](const CallContext& call) { return store.attendee(session, user, call); });
}

Result<std::optional<AttendeeRecord>> RecordStoreProxy::attendee_by_token(const TokenHash& token,
                                                                          const CallContext& context) {
    return caller_.call<std::optional<AttendeeRecord>>(
        attendee_by_token_, context,
        [&store = store_, token](const CallContext& call) { return store.attendee_by_token(token, call); });
}

Result<std::vector<AttendeeRecord>> RecordStoreProxy::attendees(const SessionId& session, const CallContext& context) {
    return caller_.call<std::vector<AttendeeRecord>>(
        attendees_, context,
        [&store = store_, session](const CallContext& call) { return store.attendees(session, call); });
}

Result<std::optional<SessionRecord>> RecordStoreProxy::session_by_token(const TokenHash& token,
                                                                        const CallContext& context) {
    return caller_.call<std::optional<SessionRecord>>(
        session_by_token_, context,
        [&store = store_, token](const CallContext& call) { return store.session_by_token(token, call); });
}

Result<std::optional<InvitationRecord>> RecordStoreProxy::invitation(const InvitationId& id,
                                                                     const CallContext& context) {
    return caller_.call<std::optional<InvitationRecord>>(
        invitation_, context, [&store = store_, id](const CallContext& call) { return store.invitation(id, call); });
}

Result<std::optional<InvitationRecord>> RecordStoreProxy::invitation_by_token(const TokenHash& token,
                                                                              const CallContext& context) {
    return caller_.call<std::optional<InvitationRecord>>(
        invitation_by_token_, context,
        [&store = store_, token](const CallContext& call) { return store.invitation_by_token(token, call); });
}

Result<std::vector<InvitationRecord>> RecordStoreProxy::invitations(const SessionId& session,
                                                                    const CallContext& context) {
    return caller_.call<std::vector<InvitationRecord>>(
        invitations_, context,
        [&store = store_, session](const CallContext& call) { return store.invitations(session, call); });
}

Result<std::optional<MetricsRecord>> RecordStoreProxy::metrics(const SessionId& session, const CallContext& context) {
    return caller_.call<std::optional<MetricsRecord>>(
        metrics_, context,
        [&store = store_, session](const CallContext& call) { return store.metrics(session, call); });
}

Result<std::vector<QualityRecord>> RecordStoreProxy::quality(const SessionId& session, std::size_t limit,
                                                             const CallContext& context) {
    return caller_.call<std::vector<QualityRecord>>(
        quality_, context,
        [&store = store_, session, limit](const CallContext& call) { return store.quality(session, limit, call); });
}

Result<std::optional<IdempotencyRecord>> RecordStoreProxy::idempotency(const std::string& key_hash, Instant now,
                                                                       const CallContext& context) {
    return caller_.call<std::optional<IdempotencyRecord>>(
        idempotency_, context,
        [&store = store_, key_hash, now](const CallContext& call) { return store.idempotency(key_hash, now, call); });
}

Result<std::vector<OutboxEvent>> RecordStoreProxy::events(std::uint64_t after, std::size_t limit,
                                                          const CallContext& context) {
    return caller_.call<std::vector<OutboxEvent>>(
        events_, context,
        [&store = store_, after, limit](const CallContext& call) { return store.events(after, limit, call); });
}

Result<void> RecordStoreProxy::prune(Instant before, const CallContext& context) {
    return caller_.call<void>(prune_, context,
                              [&store = store_, before](const CallContext& call) { return store.prune(before, call); });
}

PresenceStoreProxy::PresenceStoreProxy(PresenceStore& store, PortCaller caller, MetricRegistry& registry)
    : store_(store),
      caller_(caller),
      load_(registry, "presence", "load", caller_.guard().plugin()),
      replace_(registry, "presence", "replace", caller_.guard().plugin()),
      rooms_of_(registry, "presence", "rooms_of", caller_.guard().plugin()),
      renew_lease_(registry, "presence", "renew_lease", caller_.guard().plugin()),
      leases_(registry, "presence", "leases", caller_.guard().plugin()),
      drop_lease_(registry, "presence", "drop_lease", caller_.guard().plugin()) {}

Result<Truth> PresenceStoreProxy::load(const RoomId& room, const CallContext& context) {
    return caller_.call<Truth>(load_, context, [&store = store_, room](const CallContext& call) -> Result<Truth> {
        auto truth = store.load(room, call);
        if (truth.ok() && !*truth) return no_truth();
        return truth;
    });
}

Result<PresenceStep> PresenceStoreProxy::replace(const Truth& next, const CallContext& context) {
    return caller_.call<PresenceStep>(replace_, context,
                                      [&store = store_, next](const CallContext& call) -> Result<PresenceStep> {
                                          auto step = store.replace(next, call);
                                          if (step.ok() && !step->current) return no_truth();
                                          return step;
                                      });
}

Result<std::vector<RoomId>> PresenceStoreProxy::rooms_of(const NodeId& node, const CallContext& context) {
    return caller_.call<std::vector<RoomId>>(
        rooms_of_, context, [&store = store_, node](const CallContext& call) { return store.rooms_of(node, call); });
}

Result<void> PresenceStoreProxy::renew_lease(const NodeLease& lease, const CallContext& context) {
    return caller_.call<void>(renew_lease_, context, [&store = store_, lease](const CallContext& call) {
        return store.renew_lease(lease, call);
    });
}

Result<std::vector<NodeLease>> PresenceStoreProxy::leases(const CallContext& context) {
    return caller_.call<std::vector<NodeLease>>(
        leases_, context, [&store = store_](const CallContext& call) { return store.leases(call); });
}

Result<void> PresenceStoreProxy::drop_lease(const NodeId& node, const CallContext& context) {
    return caller_.call<void>(drop_lease_, context, [&store = store_, node](const CallContext& call) {
        return store.drop_lease(node, call);
    });
}

}  // namespace televisit::loader
