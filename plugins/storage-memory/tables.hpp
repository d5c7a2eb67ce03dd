#pragma once
/// The records in memory, with their unique keys. No locks here: whoever owns the tables guards them.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "televisit/sdk/records.hpp"

namespace televisit::storage_memory {

struct RecordLimits {
    std::size_t sessions = 50'000;
    std::size_t quality_per_session = 500;  ///< the oldest sample goes first
    std::size_t events = 100'000;           ///< of the outbox; the oldest goes first
    std::size_t operations = 200'000;       ///< remembered ids of commits; the oldest goes first
};

class Tables {
  public:
    explicit Tables(RecordLimits limits) : limits_(limits) {}

    /// Index of the first write whose expectation does not hold, or nothing when all hold.
    std::optional<std::size_t> first_refused(const RecordBatch& batch) const;
    /// Makes room for the sessions that the batch adds, by removing those over for the longest time. False when that is
    /// not enough.
    bool make_room(const RecordBatch& batch);
    /// Applies a batch that `first_refused` has nothing against.
    void apply(const RecordBatch& batch);
    bool has_operation(const OperationId& id) const { return operations_.contains(id); }

    const SessionRecord* session(const SessionId& id) const;
    const SessionRecord* session_by_room(const RoomId& room) const;
    const SessionRecord* session_by_token(const TokenHash& token) const;
    std::vector<SessionRecord> sessions(const SessionQuery& query) const;
    std::vector<SessionRecord> due(Instant now, std::size_t limit) const;

    const AttendeeRecord* attendee(const SessionId& session, const UserId& user) const;
    const AttendeeRecord* attendee_by_token(const TokenHash& token) const;
    std::vector<AttendeeRecord> attendees(const SessionId& session) const;

    const InvitationRecord* invitation(const InvitationId& id) const;
    const InvitationRecord* invitation_by_token(const TokenHash& token) const;
    std::vector<InvitationRecord> invitations(const SessionId& session) const;

    const MetricsRecord* metrics(const SessionId& session) const;
    std::vector<QualityRecord> quality(const SessionId& session, std::size_t limit) const;
    const IdempotencyRecord* idempotency(const std::string& key_hash, Instant now) const;
    std::vector<OutboxEvent> events(std::uint64_t after, std::size_t limit) const;

    void prune(Instant before);

  private:
    /// A session with all that belongs to it.
    struct Visit {
        SessionRecord session;
        std::map<UserId, AttendeeRecord> attendees{};
        std::map<InvitationId, InvitationRecord> invitations{};
        std::optional<MetricsRecord> metrics{};
        std::deque<QualityRecord> quality{};
    };
    class BatchCheck;

    const Visit* visit(const SessionId& id) const;
    void put(const VersionedWrite<SessionRecord>& write);
    void put(const VersionedWrite<AttendeeRecord>& write);
    void put(const VersionedWrite<InvitationRecord>& write);
    void put(const MetricsRecord& record);
    void put(const QualityRecord& record);
    void put(const IdempotencyRecord& record);
    void put(const SessionRemoval& removal) { erase(removal.session); }
    void put(const QualityRemoval& removal);
    void erase(const SessionId& id);
    void remember(const OperationId& operation, Instant at);

    RecordLimits limits_;
    std::unordered_map<SessionId, Visit> visits_;
    std::unordered_map<RoomId, SessionId> rooms_;
    std::unordered_map<TokenHash, SessionId> session_tokens_;
    std::unordered_map<AttendeeId, std::pair<SessionId, UserId>> attendee_ids_;
    std::unordered_map<TokenHash, AttendeeId> attendee_tokens_;
    std::unordered_map<InvitationId, SessionId> invitation_ids_;
    std::unordered_map<TokenHash, InvitationId> invitation_tokens_;
    std::set<std::pair<Instant, SessionId>> by_creation_;
    std::set<std::pair<Instant, SessionId>> by_due_;
    std::set<std::pair<Instant, SessionId>> over_;  // by the time of the last change: what may be dropped
    std::unordered_map<std::string, IdempotencyRecord> idempotency_;
    std::unordered_map<OperationId, Instant> operations_;
    std::deque<OperationId> operation_order_;
    std::deque<OutboxEvent> events_;
    std::uint64_t last_cursor_ = 0;
};

}  // namespace televisit::storage_memory
