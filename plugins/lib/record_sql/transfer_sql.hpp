#pragma once
/// The statements that hand out all records of a database in pages, and take them in. PostgreSQL numbers parameters,
/// SQLite takes "$1" for a name and numbers names as they come: both read these texts alike.

#include <array>
#include <cstddef>
#include <string_view>

#include "record_sql/rows.hpp"
#include "record_sql/sql_text.hpp"

namespace televisit::record_sql {

inline constexpr char kSessionTable[] = "video_consultation_sessions";
inline constexpr char kAttendeeTable[] = "video_consultation_attendees";
inline constexpr char kInvitationTable[] = "video_consultation_invitations";
inline constexpr char kMetricsTable[] = "video_consultation_metrics";
inline constexpr char kQualityTable[] = "video_consultation_quality";
inline constexpr char kIdempotencyTable[] = "video_consultation_idempotency_keys";
inline constexpr char kOperationTable[] = "video_consultation_operations";
inline constexpr char kEventTable[] = "video_consultation_events";

inline constexpr char kOperationColumns[] = "id, committed_at";

/// The rows after a key, in its order.
template <std::size_t Columns, std::size_t Table, std::size_t Key>
consteval auto page_sql(const char (&columns)[Columns], const char (&table)[Table], const char (&key)[Key]) {
    return sql("SELECT ", columns, " FROM ", table, " WHERE ", key, " > $1 ORDER BY ", key, " LIMIT $2");
}

/// One row, unless there is one with its key.
template <std::size_t Table, std::size_t Columns, std::size_t Values, std::size_t Key>
consteval auto put_sql(const char (&table)[Table], const char (&columns)[Columns], const char (&values)[Values],
                       const char (&key)[Key]) {
    return sql("INSERT INTO ", table, " (", columns, ") VALUES (", values, ") ON CONFLICT (", key, ") DO NOTHING");
}

inline constexpr auto kSessionColumns = sql(kSessionKey, ", ", kSessionValues);
inline constexpr auto kAttendeeColumns = sql(kAttendeeKey, ", ", kAttendeeValues);
inline constexpr auto kInvitationColumns = sql(kInvitationKey, ", ", kInvitationValues);

inline constexpr auto kSessionPage = page_sql(kSessionColumns.text, kSessionTable, "id");
inline constexpr auto kAttendeePage = page_sql(kAttendeeColumns.text, kAttendeeTable, "id");
inline constexpr auto kInvitationPage = page_sql(kInvitationColumns.text, kInvitationTable, "id");
inline constexpr auto kIdempotencyPage = page_sql(kIdempotencyColumns, kIdempotencyTable, "key_hash");
inline constexpr auto kOperationPage = page_sql(kOperationColumns, kOperationTable, "id");
inline constexpr auto kEventPage = page_sql(kEventColumns, kEventTable, "cursor");
inline constexpr auto kQualityPage = sql("SELECT seq, ", kQualityColumns, " FROM ", kQualityTable,
                                         " WHERE (session_id, seq) > ($1, $2) ORDER BY session_id, seq LIMIT $3");

inline constexpr auto kPutSession =
    put_sql(kSessionTable, kSessionColumns.text,
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
            "$24, $25, $26, $27, $28, $29",
            "id");
inline constexpr auto kPutAttendee =
    put_sql(kAttendeeTable, kAttendeeColumns.text,
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16", "id");
inline constexpr auto kPutInvitation =
    put_sql(kInvitationTable, kInvitationColumns.text, "$1, $2, $3, $4, $5, $6, $7, $8, $9", "id");
inline constexpr auto kPutMetrics = put_sql(kMetricsTable, kMetricsColumns, "$1, $2, $3, $4, $5", "id");
inline constexpr auto kPutIdempotency = put_sql(kIdempotencyTable, kIdempotencyColumns, "$1, $2, $3, $4", "key_hash");
inline constexpr auto kPutOperation = put_sql(kOperationTable, kOperationColumns, "$1, $2", "id");
inline constexpr auto kPutEvent = put_sql(kEventTable, kEventColumns, "$1, $2, $3, $4, $5", "cursor");
inline constexpr auto kPutQuality =
    sql("INSERT INTO ", kQualityTable, " (", kQualityColumns, ") VALUES ($1, $2, $3, $4)");
inline constexpr auto kCountQuality = sql("SELECT count(*) FROM ", kQualityTable, " WHERE session_id = $1");

/// The mark of `migrations/migration.hpp` that keeps servers out.
inline constexpr std::string_view kUnmark = "DELETE FROM schema_migrations WHERE number = 0";

inline constexpr auto kAnyRecord =
    sql("SELECT EXISTS (SELECT 1 FROM ", kSessionTable, ") OR EXISTS (SELECT 1 FROM ", kIdempotencyTable,
        ") OR EXISTS (SELECT 1 FROM ", kOperationTable, ") OR EXISTS (SELECT 1 FROM ", kEventTable, ")");

/// A few rows of a table, by its key: what is removed at once takes a moment and a bounded part of the log.
template <std::size_t Table, std::size_t Key>
consteval auto erase_some_sql(const char (&table)[Table], const char (&key)[Key]) {
    return sql("DELETE FROM ", table, " WHERE ", key, " IN (SELECT ", key, " FROM ", table, " LIMIT 500)");
}

inline constexpr auto kEraseEvents = erase_some_sql(kEventTable, "cursor");
inline constexpr auto kEraseOperations = erase_some_sql(kOperationTable, "id");
inline constexpr auto kEraseIdempotency = erase_some_sql(kIdempotencyTable, "key_hash");
inline constexpr auto kEraseQuality = erase_some_sql(kQualityTable, "seq");
/// What belongs to sessions goes with them.
inline constexpr auto kEraseSessions = erase_some_sql(kSessionTable, "id");
inline constexpr std::array<std::string_view, 5> kErasing{kEraseEvents, kEraseOperations, kEraseIdempotency,
                                                          kEraseQuality, kEraseSessions};

}  // namespace televisit::record_sql
