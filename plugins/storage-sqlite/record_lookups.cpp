/// What the store is asked for: one constant statement for each question.
#include "lookup.hpp"
#include "record_sql/sql_text.hpp"
#include "session_list.hpp"
#include "sqlite_records.hpp"

namespace televisit::storage_sqlite {
namespace {

using namespace record_sql;

constexpr char kSessions[] = " FROM video_consultation_sessions ";
constexpr char kAttendees[] = " FROM video_consultation_attendees ";
constexpr char kInvitations[] = " FROM video_consultation_invitations ";

constexpr auto kSession = sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE id = ?");
constexpr auto kSessionByRoom = sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE room_id = ?");
constexpr auto kSessionByToken =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE doctor_token = ?1 OR patient_token = ?1");
constexpr auto kDue =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE due_at <= ? ORDER BY due_at, id LIMIT ?");
constexpr auto kAttendee =
    sql("SELECT ", kAttendeeKey, ", ", kAttendeeValues, kAttendees, "WHERE session_id = ? AND user_id = ?");
constexpr auto kAttendeeByToken =
    sql("SELECT ", kAttendeeKey, ", ", kAttendeeValues, kAttendees, "WHERE access_token = ?");
constexpr auto kAttendeesOf =
    sql("SELECT ", kAttendeeKey, ", ", kAttendeeValues, kAttendees, "WHERE session_id = ? ORDER BY created_at, id");
constexpr auto kInvitation = sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations, "WHERE id = ?");
constexpr auto kInvitationByToken =
    sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations, "WHERE token = ?");
constexpr auto kInvitationsOf = sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations,
                                    "WHERE session_id = ? ORDER BY created_at, id");
constexpr auto kMetrics = sql("SELECT ", kMetricsColumns, " FROM video_consultation_metrics WHERE session_id = ?");
constexpr auto kQuality =
    sql("SELECT ", kQualityColumns, " FROM (SELECT seq, ", kQualityColumns,
        " FROM video_consultation_quality WHERE session_id = ? ORDER BY seq DESC LIMIT ?) ORDER BY seq");
constexpr auto kIdempotency = sql("SELECT ", kIdempotencyColumns,
                                  " FROM video_consultation_idempotency_keys WHERE key_hash = ? AND expires_at > ?");
constexpr auto kEvents =
    sql("SELECT ", kEventColumns, " FROM video_consultation_events WHERE cursor > ? ORDER BY cursor LIMIT ?");

/// Binds one text.
auto by(std::string_view key) {
    return [key](Statement& statement) { statement.text(key); };
}

}  // namespace

Result<std::optional<SessionRecord>> SqliteRecords::session(const SessionId& id, const CallContext& context) {
    return read_one<SessionRecord>(readers_, context.deadline, "session", kSession, by(id.view()));
}

Result<std::optional<SessionRecord>> SqliteRecords::session_by_room(const RoomId& room, const CallContext& context) {
    return read_one<SessionRecord>(readers_, context.deadline, "session_by_room", kSessionByRoom, by(room.view()));
}

Result<std::optional<SessionRecord>> SqliteRecords::session_by_token(const TokenHash& token,
                                                                     const CallContext& context) {
    return read_one<SessionRecord>(readers_, context.deadline, "session_by_token", kSessionByToken, by(token));
}

Result<std::vector<SessionRecord>> SqliteRecords::sessions(const SessionQuery& query, const CallContext& context) {
    return read_all<SessionRecord>(readers_, context.deadline, "sessions", session_list_sql(query),
                                   [&](Statement& statement) { bind_session_list(statement, query); });
}

Result<std::vector<SessionRecord>> SqliteRecords::due(Instant now, std::size_t limit, const CallContext& context) {
    return read_all<SessionRecord>(readers_, context.deadline, "due", kDue,
                                   [&](Statement& statement) { statement.time(now).limit(limit); });
}

Result<std::optional<AttendeeRecord>> SqliteRecords::attendee(const SessionId& session, const UserId& user,
                                                              const CallContext& context) {
    return read_one<AttendeeRecord>(readers_, context.deadline, "attendee", kAttendee,
                                    [&](Statement& statement) { statement.text(session.view()).text(user.view()); });
}

Result<std::optional<AttendeeRecord>> SqliteRecords::attendee_by_token(const TokenHash& access_token,
                                                                       const CallContext& context) {
    return read_one<AttendeeRecord>(readers_, context.deadline, "attendee_by_token", kAttendeeByToken,
                                    by(access_token));
}

Result<std::vector<AttendeeRecord>> SqliteRecords::attendees(const SessionId& session, const CallContext& context) {
    return read_all<AttendeeRecord>(readers_, context.deadline, "attendees", kAttendeesOf, by(session.view()));
}

Result<std::optional<InvitationRecord>> SqliteRecords::invitation(const InvitationId& id, const CallContext& context) {
    return read_one<InvitationRecord>(readers_, context.deadline, "invitation", kInvitation, by(id.view()));
}

Result<std::optional<InvitationRecord>> SqliteRecords::invitation_by_token(const TokenHash& token,
                                                                           const CallContext& context) {
    return read_one<InvitationRecord>(readers_, context.deadline, "invitation_by_token", kInvitationByToken, by(token));
}

Result<std::vector<InvitationRecord>> SqliteRecords::invitations(const SessionId& session, const CallContext& context) {
    return read_all<InvitationRecord>(readers_, context.deadline, "invitations", kInvitationsOf, by(session.view()));
}

Result<std::optional<MetricsRecord>> SqliteRecords::metrics(const SessionId& session, const CallContext& context) {
    return read_one<MetricsRecord>(readers_, context.deadline, "metrics", kMetrics, by(session.view()));
}

Result<std::vector<QualityRecord>> SqliteRecords::quality(const SessionId& session, std::size_t limit,
                                                          const CallContext& context) {
    return read_all<QualityRecord>(readers_, context.deadline, "quality", kQuality,
                                   [&](Statement& statement) { statement.text(session.view()).limit(limit); });
}

Result<std::optional<IdempotencyRecord>> SqliteRecords::idempotency(const std::string& key_hash, Instant now,
                                                                    const CallContext& context) {
    return read_one<IdempotencyRecord>(readers_, context.deadline, "idempotency", kIdempotency,
                                       [&](Statement& statement) { statement.text(key_hash).time(now); });
}

Result<std::vector<OutboxEvent>> SqliteRecords::events(std::uint64_t after, std::size_t limit,
                                                       const CallContext& context) {
    return read_all<OutboxEvent>(readers_, context.deadline, "events", kEvents,
                                 [&](Statement& statement) { statement.limit(after).limit(limit); });
}

}  // namespace televisit::storage_sqlite
