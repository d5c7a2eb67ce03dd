#include "rows.hpp"

#include <cmath>

namespace televisit::storage_sqlite {
namespace {

constexpr double kHundredthsEach = 100;

/// The value of a name, or the default one of a row that is spoilt.
template <class Value>
Value known(Row& row, std::optional<Value> value) {
    if (!value) row.spoil();
    return value.value_or(Value{});
}

template <class Id>
Id id(Row& row) {
    return Id(row.text());
}

}  // namespace

void bind(Statement& statement, const SessionRecord& record, Version version) {
    statement.text(record.id.view()).integer(version).optional_text(record.appointment_id);
    statement.text(record.doctor_id.view()).text(record.patient_id.view()).text(to_string(record.status));
    statement.time(record.scheduled_start).time(record.scheduled_end);
    statement.optional_time(record.actual_start).optional_time(record.actual_end);
    statement.text(record.room_id.view()).optional_text(record.doctor_token).optional_text(record.patient_token);
    statement.integer(record.token_generation).optional_text(record.signaling_server_url);
    statement.integer(record.max_participants).optional_text(record.metadata);
    statement.integer(record.doctor_seen).integer(record.patient_seen).integer(record.seen_together);
    statement.optional_text(record.end_reason).optional_time(record.empty_since).optional_time(record.due_at);
    statement.optional_time(record.closed_at).integer(record.names_removed).integer(record.metadata_removed);
    statement.integer(record.device_information_removed);
    statement.time(record.created_at).time(record.updated_at);
}

void read(Row& row, SessionRecord& record) {
    record.id = id<SessionId>(row);
    record.version = row.integer();
    record.appointment_id = row.text();
    record.doctor_id = id<UserId>(row);
    record.patient_id = id<UserId>(row);
    record.status = known(row, parse_session_status(row.text()));
    record.scheduled_start = row.time();
    record.scheduled_end = row.time();
    record.actual_start = row.optional_time();
    record.actual_end = row.optional_time();
    record.room_id = id<RoomId>(row);
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

void bind(Statement& statement, const AttendeeRecord& record, Version version) {
    statement.text(record.id.view()).text(record.session.view()).text(record.user.view()).integer(version);
    statement.text(to_string(record.role)).text(record.peer_id.view()).optional_text(record.access_token);
    statement.integer(record.token_number).optional_text(record.display_name).optional_text(record.device_type);
    statement.optional_text(record.browser_info).optional_text(record.invitation.view());
    statement.optional_time(record.joined_at).optional_time(record.left_at);
    statement.time(record.created_at).time(record.updated_at);
}

void read(Row& row, AttendeeRecord& record) {
    record.id = id<AttendeeId>(row);
    record.session = id<SessionId>(row);
    record.user = id<UserId>(row);
    record.version = row.integer();
    record.role = known(row, parse_role(row.text()));
    record.peer_id = id<PeerId>(row);
    record.access_token = row.text();
    record.token_number = row.integer();
    record.display_name = row.text();
    record.device_type = row.text();
    record.browser_info = row.text();
    record.invitation = id<InvitationId>(row);
    record.joined_at = row.optional_time();
    record.left_at = row.optional_time();
    record.created_at = row.time();
    record.updated_at = row.time();
}

void bind(Statement& statement, const InvitationRecord& record, Version version) {
    statement.text(record.id.view()).text(record.session.view()).integer(version).text(to_string(record.role));
    statement.optional_text(record.display_name).optional_text(record.token);
    statement.optional_time(record.expires_at).optional_time(record.revoked_at).time(record.created_at);
}

void read(Row& row, InvitationRecord& record) {
    record.id = id<InvitationId>(row);
    record.session = id<SessionId>(row);
    record.version = row.integer();
    record.role = known(row, parse_role(row.text()));
    record.display_name = row.text();
    record.token = row.text();
    record.expires_at = row.optional_time();
    record.revoked_at = row.optional_time();
    record.created_at = row.time();
}

void bind(Statement& statement, const MetricsRecord& record) {
    statement.text(record.id).text(record.session.view());
    statement.real(static_cast<double>(record.session_duration_hundredths) / kHundredthsEach);
    statement.integer(record.total_participants).time(record.created_at);
}

void read(Row& row, MetricsRecord& record) {
    record.id = row.text();
    record.session = id<SessionId>(row);
    record.session_duration_hundredths = std::llround(row.real() * kHundredthsEach);
    record.total_participants = row.small_integer();
    record.created_at = row.time();
}

void bind(Statement& statement, const QualityRecord& record) {
    statement.text(record.session.view()).text(record.attendee.view()).time(record.at).text(record.sample);
}

void read(Row& row, QualityRecord& record) {
    record.session = id<SessionId>(row);
    record.attendee = id<AttendeeId>(row);
    record.at = row.time();
    record.sample = row.text();
}

void bind(Statement& statement, const IdempotencyRecord& record) {
    statement.text(record.key_hash).text(record.body_hash).text(record.session.view()).time(record.expires_at);
}

void read(Row& row, IdempotencyRecord& record) {
    record.key_hash = row.text();
    record.body_hash = row.text();
    record.session = id<SessionId>(row);
    record.expires_at = row.time();
}

void read(Row& row, OutboxEvent& event) {
    event.cursor = static_cast<std::uint64_t>(row.integer());
    event.type = row.text();
    event.at = row.time();
    event.session = id<SessionId>(row);
    event.payload = row.text();
}

}  // namespace televisit::storage_sqlite
