#include "writes.hpp"

#include <variant>

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::storage_postgres {
namespace {

using namespace record_sql;

constexpr auto kInsertSession = sql("INSERT INTO video_consultation_sessions (", kSessionKey, ", ", kSessionValues,
                                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                                    "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) "
                                    "ON CONFLICT DO NOTHING");
constexpr auto kUpdateSession =
    sql("UPDATE video_consultation_sessions SET (", kSessionValues,
        ") = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
        "$24, $25, $26, $27, $28, $29) WHERE id = $1 AND version = $2 - 1");
constexpr auto kRemoveSession = sql("DELETE FROM video_consultation_sessions WHERE id = $1 AND version = $2");
constexpr auto kInsertAttendee =
    sql("INSERT INTO video_consultation_attendees (", kAttendeeKey, ", ", kAttendeeValues,
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING");
constexpr auto kUpdateAttendee = sql("UPDATE video_consultation_attendees SET (", kAttendeeValues,
                                     ") = ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
                                     "WHERE id = $1 AND session_id = $2 AND user_id = $3 AND version = $4 - 1");
constexpr auto kInsertInvitation =
    sql("INSERT INTO video_consultation_invitations (", kInvitationKey, ", ", kInvitationValues,
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING");
constexpr auto kUpdateInvitation = sql("UPDATE video_consultation_invitations SET (", kInvitationValues,
                                       ") = ($3, $4, $5, $6, $7, $8, $9) "
                                       "WHERE id = $1 AND session_id = $2 AND version = $3 - 1");
constexpr auto kInsertMetrics = sql("INSERT INTO video_consultation_metrics (", kMetricsColumns,
                                    ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
constexpr auto kInsertQuality =
    sql("INSERT INTO video_consultation_quality (", kQualityColumns, ") VALUES ($1, $2, $3, $4)");
constexpr auto kTrimQuality =
    sql("DELETE FROM video_consultation_quality WHERE session_id = $1 AND seq <= (SELECT seq FROM "
        "video_consultation_quality WHERE session_id = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)");
constexpr auto kRemoveQuality = sql("DELETE FROM video_consultation_quality WHERE session_id = $1");
// An expired key counts as absent.
constexpr auto kInsertIdempotency =
    sql("INSERT INTO video_consultation_idempotency_keys (", kIdempotencyColumns,
        ") VALUES ($1, $2, $3, $4) ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, "
        "session_id = excluded.session_id, expires_at = excluded.expires_at WHERE "
        "video_consultation_idempotency_keys.expires_at <= $5");
// A number of the sequence is drawn in the order of commits: who draws one keeps the others waiting until their own
// commit is seen. Nothing else is locked after it, so nobody waits in a circle.
constexpr auto kInsertEvent =
    sql("WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('televisit.events'), "
        "'video_consultation_events'::regclass::oid::integer)) INSERT INTO video_consultation_events "
        "(type, at, session_id, payload) SELECT $1, $2::timestamptz, $3, $4 FROM turn");
// Waits for another transaction with the same id that is not over yet.
constexpr auto kInsertOperation =
    sql("INSERT INTO video_consultation_operations (id, committed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");

constexpr char kUniqueViolation[] = "23505";
constexpr char kForeignKeyViolation[] = "23503";

WriteOutcome done_or_failed(const Reply& reply) {
    return reply.ok() ? WriteOutcome{} : WriteOutcome{WriteState::failed, reply.state()};
}

/// A row that is not there in the version expected, a key that is taken, a session that is gone: all are refusals.
WriteOutcome judge(const Reply& reply) {
    if (reply.ok()) return {reply.affected() == 1 ? WriteState::done : WriteState::refused, {}};
    if (reply.state() == kUniqueViolation || reply.state() == kForeignKeyViolation) return {WriteState::refused, {}};
    return {WriteState::failed, reply.state()};
}

class Writer {
  public:
    Writer(Connection& connection, Instant now, std::size_t quality_kept)
        : connection_(connection), now_(now), quality_kept_(quality_kept) {}

    WriteOutcome operator()(const VersionedWrite<SessionRecord>& write) const {
        return versioned(write, kInsertSession, kUpdateSession);
    }
    WriteOutcome operator()(const VersionedWrite<AttendeeRecord>& write) const {
        return versioned(write, kInsertAttendee, kUpdateAttendee);
    }
    WriteOutcome operator()(const VersionedWrite<InvitationRecord>& write) const {
        return versioned(write, kInsertInvitation, kUpdateInvitation);
    }
    WriteOutcome operator()(const MetricsRecord& record) const { return plain(record, kInsertMetrics); }
    WriteOutcome operator()(const QualityRecord& record) const {
        const auto added = plain(record, kInsertQuality);
        if (added.state != WriteState::done) return added;
        Statement statement(connection_, kTrimQuality);
        return done_or_failed(statement.text(record.session.view()).limit(quality_kept_).run());
    }
    WriteOutcome operator()(const IdempotencyRecord& record) const {
        Statement statement(connection_, kInsertIdempotency);
        bind(statement, record);
        return judge(statement.time(now_).run());
    }
    WriteOutcome operator()(const SessionRemoval& removal) const {
        Statement statement(connection_, kRemoveSession);
        return judge(statement.text(removal.session.view()).integer(removal.expected).run());
    }
    WriteOutcome operator()(const QualityRemoval& removal) const {
        Statement statement(connection_, kRemoveQuality);
        return done_or_failed(statement.text(removal.session.view()).run());
    }

  private:
    template <class Record>
    WriteOutcome versioned(const VersionedWrite<Record>& write, std::string_view insert,
                           std::string_view update) const {
        Statement statement(connection_, write.expected == 0 ? insert : update);
        bind(statement, write.record, write.expected + 1);
        return judge(statement.run());
    }
    template <class Record>
    WriteOutcome plain(const Record& record, std::string_view insert) const {
        Statement statement(connection_, insert);
        bind(statement, record);
        return judge(statement.run());
    }

    Connection& connection_;
    Instant now_;
    std::size_t quality_kept_;
};

}  // namespace

WriteOutcome write(Connection& connection, const RecordWrite& write, Instant now, std::size_t quality_kept) {
    return std::visit(Writer(connection, now, quality_kept), write);
}

WriteOutcome write_event(Connection& connection, const OutboxEvent& event) {
    Statement statement(connection, kInsertEvent);
    statement.text(event.type).time(event.at).text(event.session.view()).text(event.payload);
    return judge(statement.run());
}

WriteOutcome write_operation(Connection& connection, const OperationId& operation, Instant now) {
    Statement statement(connection, kInsertOperation);
    return judge(statement.text(operation.view()).time(now).run());
}

}  // namespace televisit::storage_postgres
