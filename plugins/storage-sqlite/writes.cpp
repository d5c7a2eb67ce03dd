#include "writes.hpp"

#include <sqlite3.h>

#include <variant>

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::storage_sqlite {
namespace {

using namespace record_sql;

constexpr auto kInsertSession =
    sql("INSERT INTO video_consultation_sessions (", kSessionKey, ", ", kSessionValues,
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING");
constexpr auto kUpdateSession =
    sql("UPDATE video_consultation_sessions SET (", kSessionValues,
        ") = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, "
        "?24, ?25, ?26, ?27, ?28, ?29) WHERE id = ?1 AND version = ?2 - 1");
// What nearly every write is. SQLite rewrites the index of each column that a statement names, changed or not: without
// these it is half the work.
constexpr auto kAdvanceSession =
    sql("UPDATE video_consultation_sessions SET (version, appointment_id, status, scheduled_start_time, "
        "scheduled_end_time, actual_start_time, actual_end_time, token_generation, signaling_server_url, "
        "max_participants, metadata, doctor_seen, patient_seen, seen_together, end_reason, empty_since, due_at, "
        "closed_at, names_removed, metadata_removed, device_information_removed, updated_at) = (?2, ?3, ?6, ?7, ?8, "
        "?9, ?10, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?29) WHERE id = ?1 AND "
        "version = ?2 - 1 AND doctor_id = ?4 AND patient_id = ?5 AND room_id = ?11 AND doctor_token IS ?12 AND "
        "patient_token IS ?13 AND created_at = ?28");
constexpr auto kRemoveSession = sql("DELETE FROM video_consultation_sessions WHERE id = ? AND version = ?");
constexpr auto kInsertAttendee =
    sql("INSERT INTO video_consultation_attendees (", kAttendeeKey, ", ", kAttendeeValues,
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
constexpr auto kUpdateAttendee = sql("UPDATE video_consultation_attendees SET (", kAttendeeValues,
                                     ") = (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
                                     "WHERE id = ?1 AND session_id = ?2 AND user_id = ?3 AND version = ?4 - 1");
constexpr auto kInsertInvitation =
    sql("INSERT INTO video_consultation_invitations (", kInvitationKey, ", ", kInvitationValues,
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
constexpr auto kUpdateInvitation = sql("UPDATE video_consultation_invitations SET (", kInvitationValues,
                                       ") = (?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                                       "WHERE id = ?1 AND session_id = ?2 AND version = ?3 - 1");
constexpr auto kInsertMetrics =
    sql("INSERT INTO video_consultation_metrics (", kMetricsColumns, ") VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
constexpr auto kInsertQuality =
    sql("INSERT INTO video_consultation_quality (", kQualityColumns, ") VALUES (?, ?, ?, ?)");
constexpr auto kTrimQuality =
    sql("DELETE FROM video_consultation_quality WHERE session_id = ?1 AND seq <= (SELECT seq FROM "
        "video_consultation_quality WHERE session_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)");
constexpr auto kRemoveQuality = sql("DELETE FROM video_consultation_quality WHERE session_id = ?");
// An expired key counts as absent.
constexpr auto kInsertIdempotency =
    sql("INSERT INTO video_consultation_idempotency_keys (", kIdempotencyColumns,
        ") VALUES (?, ?, ?, ?) ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, "
        "session_id = excluded.session_id, expires_at = excluded.expires_at WHERE expires_at <= ?");
constexpr auto kInsertEvent =
    sql("INSERT INTO video_consultation_events (type, at, session_id, payload) VALUES (?, ?, ?, ?)");
constexpr auto kInsertOperation = sql("INSERT INTO video_consultation_operations (id, committed_at) VALUES (?, ?)");

/// A row that is not there in the version expected, a key that is taken, a session that is gone: all are refusals.
WriteOutcome judge(Connection& connection, Statement& statement) {
    switch (const int code = statement.step()) {
        case SQLITE_DONE:
            return {connection.changes() == 1 ? WriteState::done : WriteState::refused};
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return {WriteState::refused};
        default:
            return {WriteState::failed, code};
    }
}

class Writer {
  public:
    Writer(Connection& connection, Instant now, std::size_t quality_kept)
        : connection_(connection), now_(now), quality_kept_(quality_kept) {}

    WriteOutcome operator()(const VersionedWrite<SessionRecord>& write) const {
        const auto advanced = versioned(write, kInsertSession, kAdvanceSession);
        const bool other = advanced.state == WriteState::refused && write.expected != 0;
        return other ? versioned(write, kInsertSession, kUpdateSession) : advanced;
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
        auto statement = connection_.statement(kTrimQuality);
        const int code = statement.text(record.session.view()).limit(quality_kept_).step();
        return code == SQLITE_DONE ? added : WriteOutcome{WriteState::failed, code};
    }
    WriteOutcome operator()(const IdempotencyRecord& record) const {
        auto statement = connection_.statement(kInsertIdempotency);
        bind(statement, record);
        statement.time(now_);
        return judge(connection_, statement);
    }
    WriteOutcome operator()(const SessionRemoval& removal) const {
        auto statement = connection_.statement(kRemoveSession);
        return judge(connection_, statement.text(removal.session.view()).integer(removal.expected));
    }
    WriteOutcome operator()(const QualityRemoval& removal) const {
        auto statement = connection_.statement(kRemoveQuality);
        const int code = statement.text(removal.session.view()).step();
        return code == SQLITE_DONE ? WriteOutcome{} : WriteOutcome{WriteState::failed, code};
    }

  private:
    template <class Record>
    WriteOutcome versioned(const VersionedWrite<Record>& write, std::string_view insert,
                           std::string_view update) const {
        auto statement = connection_.statement(write.expected == 0 ? insert : update);
        bind(statement, write.record, write.expected + 1);
        return judge(connection_, statement);
    }
    template <class Record>
    WriteOutcome plain(const Record& record, std::string_view insert) const {
        auto statement = connection_.statement(insert);
        bind(statement, record);
        return judge(connection_, statement);
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
    auto statement = connection.statement(kInsertEvent);
    statement.text(event.type).time(event.at).text(event.session.view()).text(event.payload);
    return judge(connection, statement);
}

WriteOutcome write_operation(Connection& connection, const OperationId& operation, Instant now) {
    auto statement = connection.statement(kInsertOperation);
    return judge(connection, statement.text(operation.view()).time(now));
}

}  // namespace televisit::storage_sqlite
