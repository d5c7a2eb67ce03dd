#pragma once
/// The statements that write records, and those that every create and join asks: constants, which each connection
/// prepares once.

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::storage_postgres {

inline constexpr char kSessions[] = " FROM video_consultation_sessions ";
inline constexpr char kAttendees[] = " FROM video_consultation_attendees ";

inline constexpr auto kSession =
    record_sql::sql("SELECT ", record_sql::kSessionKey, ", ", record_sql::kSessionValues, kSessions, "WHERE id = $1");
inline constexpr auto kAttendee =
    record_sql::sql("SELECT ", record_sql::kAttendeeKey, ", ", record_sql::kAttendeeValues, kAttendees,
                    "WHERE session_id = $1 AND user_id = $2");
inline constexpr auto kIdempotency =
    record_sql::sql("SELECT ", record_sql::kIdempotencyColumns,
                    " FROM video_consultation_idempotency_keys WHERE key_hash = $1 AND expires_at > $2");

inline constexpr auto kInsertSession = record_sql::sql(
    "INSERT INTO video_consultation_sessions (", record_sql::kSessionKey, ", ", record_sql::kSessionValues,
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
    "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) "
    "ON CONFLICT DO NOTHING");
inline constexpr auto kUpdateSession = record_sql::sql(
    "UPDATE video_consultation_sessions SET (", record_sql::kSessionValues,
    ") = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
    "$24, $25, $26, $27, $28, $29) WHERE id = $1 AND version = $2 - 1");
inline constexpr auto kRemoveSession =
    record_sql::sql("DELETE FROM video_consultation_sessions WHERE id = $1 AND version = $2");
inline constexpr auto kInsertAttendee = record_sql::sql(
    "INSERT INTO video_consultation_attendees (", record_sql::kAttendeeKey, ", ", record_sql::kAttendeeValues,
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING");
inline constexpr auto kUpdateAttendee =
    record_sql::sql("UPDATE video_consultation_attendees SET (", record_sql::kAttendeeValues,
                    ") = ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
                    "WHERE id = $1 AND session_id = $2 AND user_id = $3 AND version = $4 - 1");
inline constexpr auto kInsertInvitation = record_sql::sql(
    "INSERT INTO video_consultation_invitations (", record_sql::kInvitationKey, ", ", record_sql::kInvitationValues,
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING");
inline constexpr auto kUpdateInvitation =
    record_sql::sql("UPDATE video_consultation_invitations SET (", record_sql::kInvitationValues,
                    ") = ($3, $4, $5, $6, $7, $8, $9) "
                    "WHERE id = $1 AND session_id = $2 AND version = $3 - 1");
inline constexpr auto kInsertMetrics =
    record_sql::sql("INSERT INTO video_consultation_metrics (", record_sql::kMetricsColumns,
                    ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
inline constexpr auto kInsertQuality = record_sql::sql("INSERT INTO video_consultation_quality (",
                                                       record_sql::kQualityColumns, ") VALUES ($1, $2, $3, $4)");
inline constexpr auto kTrimQuality = record_sql::sql(
    "DELETE FROM video_consultation_quality WHERE session_id = $1 AND seq <= (SELECT seq FROM "
    "video_consultation_quality WHERE session_id = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)");
inline constexpr auto kRemoveQuality = record_sql::sql("DELETE FROM video_consultation_quality WHERE session_id = $1");
// An expired key counts as absent.
inline constexpr auto kInsertIdempotency =
    record_sql::sql("INSERT INTO video_consultation_idempotency_keys (", record_sql::kIdempotencyColumns,
                    ") VALUES ($1, $2, $3, $4) ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, "
                    "session_id = excluded.session_id, expires_at = excluded.expires_at WHERE "
                    "video_consultation_idempotency_keys.expires_at <= $5");
// A number of the sequence is drawn in the order of commits: who draws one keeps the others waiting until their own
// commit is seen. Nothing else is locked after it, so nobody waits in a circle.
inline constexpr auto kInsertEvent = record_sql::sql(
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('televisit.events'), "
    "'video_consultation_events'::regclass::oid::integer)) INSERT INTO video_consultation_events "
    "(type, at, session_id, payload) SELECT $1, $2::timestamptz, $3, $4 FROM turn");
// Waits for another transaction with the same id that is not over yet.
inline constexpr auto kInsertOperation = record_sql::sql(
    "INSERT INTO video_consultation_operations (id, committed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");

}  // namespace televisit::storage_postgres
