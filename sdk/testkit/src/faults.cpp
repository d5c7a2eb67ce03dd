#include "televisit/testkit/faults.hpp"

#include <utility>

namespace televisit::testkit {

void Faults::break_with(Errc code) {
    const std::lock_guard lock(mutex_);
    broken_ = code;
}

void Faults::heal() {
    const std::lock_guard lock(mutex_);
    broken_.reset();
    failing_ = losing_ = 0;
}

void Faults::fail_next(std::size_t count, Errc code) {
    const std::lock_guard lock(mutex_);
    failing_ = count;
    failing_with_ = code;
}

void Faults::lose_answers(std::size_t count) {
    const std::lock_guard lock(mutex_);
    losing_ = count;
}

void Faults::before_calls(std::function<void(std::string_view)> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
}

std::optional<Error> Faults::before(std::string_view function) {
    std::function<void(std::string_view)> hook;
    {
        const std::lock_guard lock(mutex_);
        if (broken_) return error(*broken_, "The store is away.");
        if (failing_ > 0) return --failing_, error(failing_with_, "The store is away.");
        hook = hook_;
    }
    if (hook) hook(function);
    return std::nullopt;
}

std::optional<Error> Faults::after() {
    const std::lock_guard lock(mutex_);
    if (losing_ == 0) return std::nullopt;
    --losing_;
    return error(Errc::timeout, "The answer got lost.");
}

namespace {

template <class Call>
auto through(Faults& faults, std::string_view function, Call&& call) -> decltype(call()) {
    if (auto failure = faults.before(function)) return std::move(*failure);
    auto answer = call();
    if (auto failure = faults.after()) return std::move(*failure);
    return answer;
}

}  // namespace

Result<CommitOutcome> FaultyRecordStore::commit(const RecordBatch& batch, const CallContext& context) {
    return through(faults, "commit", [&] { return store_.commit(batch, context); });
}
Result<bool> FaultyRecordStore::was_committed(const OperationId& operation, const CallContext& context) {
    return through(faults, "was_committed", [&] { return store_.was_committed(operation, context); });
}
Result<std::optional<SessionRecord>> FaultyRecordStore::session(const SessionId& id, const CallContext& context) {
    return through(faults, "session", [&] { return store_.session(id, context); });
}
Result<std::optional<SessionRecord>> FaultyRecordStore::session_by_room(const RoomId& room,
                                                                        const CallContext& context) {
    return through(faults, "session_by_room", [&] { return store_.session_by_room(room, context); });
}
Result<std::vector<SessionRecord>> FaultyRecordStore::sessions(const SessionQuery& query, const CallContext& context) {
    return through(faults, "sessions", [&] { return store_.sessions(query, context); });
}
Result<std::vector<SessionRecord>> FaultyRecordStore::due(Instant now, std::size_t limit, const CallContext& context) {
    return through(faults, "due", [&] { return store_.due(now, limit, context); });
}
Result<std::optional<AttendeeRecord>> FaultyRecordStore::attendee(const SessionId& session, const UserId& user,
                                                                  const CallContext& context) {
    return through(faults, "attendee", [&] { return store_.attendee(session, user, context); });
}
Result<std::optional<AttendeeRecord>> FaultyRecordStore::attendee_by_token(const TokenHash& access_token,
                                                                           const CallContext& context) {
    return through(faults, "attendee_by_token", [&] { return store_.attendee_by_token(access_token, context); });
}
Result<std::vector<AttendeeRecord>> FaultyRecordStore::attendees(const SessionId& session, const CallContext& context) {
    return through(faults, "attendees", [&] { return store_.attendees(session, context); });
}
Result<std::optional<SessionRecord>> FaultyRecordStore::session_by_token(const TokenHash& token,
                                                                         const CallContext& context) {
    return through(faults, "session_by_token", [&] { return store_.session_by_token(token, context); });
}
Result<std::optional<InvitationRecord>> FaultyRecordStore::invitation(const InvitationId& id,
                                                                      const CallContext& context) {
    return through(faults, "invitation", [&] { return store_.invitation(id, context); });
}
Result<std::optional<InvitationRecord>> FaultyRecordStore::invitation_by_token(const TokenHash& token,
                                                                               const CallContext& context) {
    return through(faults, "invitation_by_token", [&] { return store_.invitation_by_token(token, context); });
}
Result<std::vector<InvitationRecord>> FaultyRecordStore::invitations(const SessionId& session,
                                                                     const CallContext& context) {
    return through(faults, "invitations", [&] { return store_.invitations(session, context); });
}
Result<std::optional<MetricsRecord>> FaultyRecordStore::metrics(const SessionId& session, const CallContext& context) {
    return through(faults, "metrics", [&] { return store_.metrics(session, context); });
}
Result<std::vector<QualityRecord>> FaultyRecordStore::quality(const SessionId& session, std::size_t limit,
                                                              const CallContext& context) {
    return through(faults, "quality", [&] { return store_.quality(session, limit, context); });
}
Result<std::optional<IdempotencyRecord>> FaultyRecordStore::idempotency(const std::string& key_hash, Instant now,
                                                                        const CallContext& context) {
    return through(faults, "idempotency", [&] { return store_.idempotency(key_hash, now, context); });
}
Result<std::vector<OutboxEvent>> FaultyRecordStore::events(std::uint64_t after, std::size_t limit,
                                                           const CallContext& context) {
    return through(faults, "events", [&] { return store_.events(after, limit, context); });
}
Result<void> FaultyRecordStore::prune(Instant before, const CallContext& context) {
    return through(faults, "prune", [&] { return store_.prune(before, context); });
}

Result<Truth> FaultyPresenceStore::load(const RoomId& room, const CallContext& context) {
    return through(faults, "load", [&] { return store_.load(room, context); });
}
Result<PresenceStep> FaultyPresenceStore::replace(const Truth& next, const CallContext& context) {
    return through(faults, "replace", [&] { return store_.replace(next, context); });
}
Result<std::vector<RoomId>> FaultyPresenceStore::rooms_of(const NodeId& node, const CallContext& context) {
    return through(faults, "rooms_of", [&] { return store_.rooms_of(node, context); });
}
Result<void> FaultyPresenceStore::renew_lease(const NodeLease& lease, const CallContext& context) {
    return through(faults, "renew_lease", [&] { return store_.renew_lease(lease, context); });
}
Result<std::vector<NodeLease>> FaultyPresenceStore::leases(const CallContext& context) {
    return through(faults, "leases", [&] { return store_.leases(context); });
}
Result<void> FaultyPresenceStore::drop_lease(const NodeId& node, const CallContext& context) {
    return through(faults, "drop_lease", [&] { return store_.drop_lease(node, context); });
}

}  // namespace televisit::testkit
