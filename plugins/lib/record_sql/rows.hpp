#pragma once
/// Records as rows of SQL tables, or as hashes: for each kind its columns, and its values in the same order. The
/// columns of a key never change. The tables have the same names and columns in every SQL database.
///
/// A `Statement` has `text`, `optional_text`, `integer`, `flag`, `hundredths`, `time` and `optional_time`, each of
/// which binds the next parameter and gives the statement; `optional_` ones make NULL of what is empty. A `Row` has the
/// same to read the next column, `small_integer`, and `spoil()` for a row that no record can have.

#include <optional>

#include "televisit/sdk/records.hpp"

namespace televisit::record_sql {

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

namespace detail {

/// The value of a name, or the default one of a row that is spoilt.
template <class Row, class Value>
Value known(Row& row, std::optional<Value> value) {
    if (!value) row.spoil();
    return value.value_or(Value{});
}

}  // namespace detail

/// Binds every column; the version is given, for it is not the record's own when it is written.
template <class Statement>
void bind(Statement& statement, const SessionRecord& record, Version version) {
    statement.text(record.id.view()).integer(version).optional_text(record.appointment_id);
    statement.text(record.doctor_id.view()).text(record.patient_id.view()).text(to_string(record.status));
    statement.time(record.scheduled_start).time(record.scheduled_end);
    statement.optional_time(record.actual_start).optional_time(record.actual_end);
    statement.text(record.room_id.view()).optional_text(record.doctor_token).optional_text(record.patient_token);
    statement.integer(record.token_generation).optional_text(record.signaling_server_url);
    statement.integer(record.max_participants).optional_text(record.metadata);
    statement.flag(record.doctor_seen).flag(record.patient_seen).flag(record.seen_together);
    statement.optional_text(record.end_reason).optional_time(record.empty_since).optional_time(record.due_at);
    statement.optional_time(record.closed_at).flag(record.names_removed).flag(record.metadata_removed);
    statement.flag(record.device_information_removed);
    statement.time(record.created_at).time(record.updated_at);
}

template <class Row>
void read(Row& row, SessionRecord& record) {
    record.id = SessionId(row.text());
    record.version = row.integer();
    record.appointment_id = row.text();
    record.doctor_id = UserId(row.text());
    record.patient_id = UserId(row.text());
    record.status = detail::known(row, parse_session_status(row.text()));
    record.scheduled_start = row.time();
    record.scheduled_end = row.time();
    record.actual_start = row.optional_time();
    record.actual_end = row.optional_time();
    record.room_id = RoomId(row.text());
    record.doctor_token = row.text();
    record.patient_token = row.text();
    record.token_generation = row.small_integer();
    record.signaling_server_url = row.text();
    record.max_participants = row.small_integer();
    record.metadata = row.text();
    record.doctor_seen = row.flag();
    record.patient_seen = row.flag();
    record.seen_together = row.flag();
    record.end_reason = row.text();
    record.empty_since = row.optional_time();
    record.due_at = row.optional_time();
    record.closed_at = row.optional_time();
    record.names_removed = row.flag();
    record.metadata_removed = row.flag();
    record.device_information_removed = row.flag();
    record.created_at = row.time();
    record.updated_at = row.time();
}

template <class Statement>
void bind(Statement& statement, const AttendeeRecord& record, Version version) {
    statement.text(record.id.view()).text(record.session.view()).text(record.user.view()).integer(version);
    statement.text(to_string(record.role)).text(record.peer_id.view()).optional_text(record.access_token);
    statement.integer(record.token_number).optional_text(record.display_name).optional_text(record.device_type);
    statement.optional_text(record.browser_info).optional_text(record.invitation.view());
    statement.optional_time(record.joined_at).optional_time(record.left_at);
    statement.time(record.created_at).time(record.updated_at);
}

template <class Row>
void read(Row& row, AttendeeRecord& record) {
    record.id = AttendeeId(row.text());
    record.session = SessionId(row.text());
    record.user = UserId(row.text());
    record.version = row.integer();
    record.role = detail::known(row, parse_role(row.text()));
    record.peer_id = PeerId(row.text());
    record.access_token = row.text();
    record.token_number = row.integer();
    record.display_name = row.text();
    record.device_type = row.text();
    record.browser_info = row.text();
    record.invitation = InvitationId(row.text());
    record.joined_at = row.optional_time();
    record.left_at = row.optional_time();
    record.created_at = row.time();
    record.updated_at = row.time();
}

template <class Statement>
void bind(Statement& statement, const InvitationRecord& record, Version version) {
    statement.text(record.id.view()).text(record.session.view()).integer(version).text(to_string(record.role));
    statement.optional_text(record.display_name).optional_text(record.token);
    statement.optional_time(record.expires_at).optional_time(record.revoked_at).time(record.created_at);
}

template <class Row>
void read(Row& row, InvitationRecord& record) {
    record.id = InvitationId(row.text());
    record.session = SessionId(row.text());
    record.version = row.integer();
    record.role = detail::known(row, parse_role(row.text()));
    record.display_name = row.text();
    record.token = row.text();
    record.expires_at = row.optional_time();
    record.revoked_at = row.optional_time();
    record.created_at = row.time();
}

template <class Statement>
void bind(Statement& statement, const MetricsRecord& record) {
    statement.text(record.id).text(record.session.view());
    statement.hundredths(record.session_duration_hundredths);
    statement.integer(record.total_participants).time(record.created_at);
}

template <class Row>
void read(Row& row, MetricsRecord& record) {
    record.id = row.text();
    record.session = SessionId(row.text());
    record.session_duration_hundredths = row.hundredths();
    record.total_participants = row.small_integer();
    record.created_at = row.time();
}

template <class Statement>
void bind(Statement& statement, const QualityRecord& record) {
    statement.text(record.session.view()).text(record.attendee.view()).time(record.at).text(record.sample);
}

template <class Row>
void read(Row& row, QualityRecord& record) {
    record.session = SessionId(row.text());
    record.attendee = AttendeeId(row.text());
    record.at = row.time();
    record.sample = row.text();
}

template <class Statement>
void bind(Statement& statement, const IdempotencyRecord& record) {
    statement.text(record.key_hash).text(record.body_hash).text(record.session.view()).time(record.expires_at);
}

template <class Row>
void read(Row& row, IdempotencyRecord& record) {
    record.key_hash = row.text();
    record.body_hash = row.text();
    record.session = SessionId(row.text());
    record.expires_at = row.time();
}

template <class Row>
void read(Row& row, OutboxEvent& event) {
    event.cursor = static_cast<std::uint64_t>(row.integer());
    event.type = row.text();
    event.at = row.time();
    event.session = SessionId(row.text());
    event.payload = row.text();
}

}  // namespace televisit::record_sql
