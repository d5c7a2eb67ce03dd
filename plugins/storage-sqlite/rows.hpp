#pragma once
/// Records as rows: for each kind its columns, and its values in the same order. The columns of a key never change.

#include <string_view>

#include "statement.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_sqlite {

inline constexpr char kSessionKey[] = "id";
inline constexpr char kSessionValues[] =
    "version, appointment_id, doctor_id, patient_id, status, scheduled_start_time, scheduled_end_time, "
    "actual_start_time, actual_end_time, room_id, doctor_token, patient_token, token_generation, "
    "signaling_server_url, max_participants, metadata, doctor_seen, patient_seen, seen_together, end_reason, "
    "empty_since, due_at, closed_at, names_removed, metadata_removed, device_information_removed, created_at, "
    "updated_at";
inline constexpr char kAttendeeKey[] = "id, session_id, user_id";
inline constexpr char kAttendeeValues[] =
    "version, role, peer_id, access_token, token_number, display_name, device_type, browser_info, invitation_id, "
    "joined_at, left_at, created_at, updated_at";
inline constexpr char kInvitationKey[] = "id, session_id";
inline constexpr char kInvitationValues[] = "version, role, display_name, token, expires_at, revoked_at, created_at";
inline constexpr char kMetricsColumns[] = "id, session_id, session_duration_minutes, total_participants, created_at";
inline constexpr char kQualityColumns[] = "session_id, attendee_id, at, sample";
inline constexpr char kIdempotencyColumns[] = "key_hash, body_hash, session_id, expires_at";
inline constexpr char kEventColumns[] = "cursor, type, at, session_id, payload";

/// Binds every column; the version is given, for it is not the record's own when it is written.
void bind(Statement& statement, const SessionRecord& record, Version version);
void bind(Statement& statement, const AttendeeRecord& record, Version version);
void bind(Statement& statement, const InvitationRecord& record, Version version);
void bind(Statement& statement, const MetricsRecord& record);
void bind(Statement& statement, const QualityRecord& record);
void bind(Statement& statement, const IdempotencyRecord& record);

/// Reads every column. A row that no record can have is spoilt.
void read(Row& row, SessionRecord& record);
void read(Row& row, AttendeeRecord& record);
void read(Row& row, InvitationRecord& record);
void read(Row& row, MetricsRecord& record);
void read(Row& row, QualityRecord& record);
void read(Row& row, IdempotencyRecord& record);
void read(Row& row, OutboxEvent& event);

}  // namespace televisit::storage_sqlite
