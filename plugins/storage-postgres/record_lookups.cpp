/// What the store is asked for: one constant statement for each question.
#include "lookup.hpp"
#include "postgres_records.hpp"
#include "record_sql/sql_text.hpp"
#include "session_list.hpp"
#include "statements.hpp"

namespace televisit::storage_postgres {
namespace {

using namespace record_sql;

constexpr char kInvitations[] = " FROM video_consultation_invitations ";

/// The columns of kMetricsColumns, the minutes in hundredths.
constexpr char kMetricsRead[] =
    "id, session_id, (session_duration_minutes * 100)::bigint, total_participants, created_at";

constexpr auto kSessionByRoom = sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE room_id = $1");
constexpr auto kSessionByToken =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE doctor_token = $1 OR patient_token = $1");
constexpr auto kDue =
    sql("SELECT ", kSessionKey, ", ", kSessionValues, kSessions, "WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2");
constexpr auto kAttendeeByToken =
    sql("SELECT ", kAttendeeKey, ", ", kAttendeeValues, kAttendees, "WHERE access_token = $1");
constexpr auto kAttendeesOf =
    sql("SELECT ", kAttendeeKey, ", ", kAttendeeValues, kAttendees, "WHERE session_id = $1 ORDER BY created_at, id");
constexpr auto kInvitation = sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations, "WHERE id = $1");
constexpr auto kInvitationByToken =
    sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations, "WHERE token = $1");
constexpr auto kInvitationsOf = sql("SELECT ", kInvitationKey, ", ", kInvitationValues, kInvitations,
                                    "WHERE session_id = $1 ORDER BY created_at, id");
constexpr auto kMetrics = sql("SELECT ", kMetricsRead, " FROM video_consultation_metrics WHERE session_id = $1");
constexpr auto kQuality =
    sql("SELECT ", kQualityColumns, " FROM (SELECT seq, ", kQualityColumns,
        " FROM video_consultation_quality WHERE session_id = $1 ORDER BY seq DESC LIMIT $2) AS latest ORDER BY seq");
constexpr auto kEvents =
    sql("SELECT ", kEventColumns, " FROM video_consultation_events WHERE cursor > $1 ORDER BY cursor LIMIT $2");

/// Binds one text.
auto by(std::string_view key) {
    return [key](Statement& statement) { statement.text(key); };
}

}  // namespace

Result<std::optional<SessionRecord>> PostgresRecords::session(const SessionId& id, const CallContext& context) {
    return read_one<SessionRecord>(pool_, context.deadline, "session", kSession, by(id.view()));
}

Result<std::optional<SessionRecord>> PostgresRecords::session_by_room(const RoomId& room, const CallContext& context) {
    return read_one<SessionRecord>(pool_, context.deadline, "session_by_room", kSessionByRoom, by(room.view()));
}

Result<std::optional<SessionRecord>> PostgresRecords::session_by_token(const TokenHash& token,
                                                                       const CallContext& context) {
    return read_one<SessionRecord>(pool_, context.deadline, "session_by_token", kSessionByToken, by(token));
}

Result<std::vector<SessionRecord>> PostgresRecords::sessions(const SessionQuery& query, const CallContext& context) {
    return read_all<SessionRecord>(pool_, context.deadline, "sessions", session_list_sql(query),
                                   [&](Statement& statement) { bind_session_list(statement, query); });
}

Result<std::vector<SessionRecord>> PostgresRecords::due(Instant now, std::size_t limit, const CallContext& context) {
    return read_all<SessionRecord>(pool_, context.deadline, "due", kDue,
                                   [&](Statement& statement) { statement.time(now).limit(limit); });
}

Result<std::optional<AttendeeRecord>> PostgresRecords::attendee(const SessionId& session, const UserId& user,
                                                                const CallContext& context) {
    return read_one<AttendeeRecord>(pool_, context.deadline, "attendee", kAttendee,
                                    [&](Statement& statement) { statement.text(session.view()).text(user.view()); });
}

Result<std::optional<AttendeeRecord>> PostgresRecords::attendee_by_token(const TokenHash& access_token,
                                                                         const CallContext& context) {
    return read_one<AttendeeRecord>(pool_, context.deadline, "attendee_by_token", kAttendeeByToken, by(access_token));
}

Result<std::vector<AttendeeRecord>> PostgresRecords::attendees(const SessionId& session, const CallContext& context) {
    return read_all<AttendeeRecord>(pool_, context.deadline, "attendees", kAttendeesOf, by(session.view()));
}

Result<std::optional<InvitationRecord>> PostgresRecords::invitation(const InvitationId& id,
                                                                    const CallContext& context) {
    return read_one<InvitationRecord>(pool_, context.deadline, "invitation", kInvitation, by(id.view()));
}

Result<std::optional<InvitationRecord>> PostgresRecords::invitation_by_token(const TokenHash& token,
                                                                             const CallContext& context) {
    return read_one<InvitationRecord>(pool_, context.deadline, "invitation_by_token", kInvitationByToken, by(token));
}

Result<std::vector<InvitationRecord>> PostgresRecords::invitations(const SessionId& session,
                                                                   const CallContext& context) {
    return read_all<InvitationRecord>(pool_, context.deadline, "invitations", kInvitationsOf, by(session.view()));
}

Result<std::optional<MetricsRecord>> PostgresRecords::metrics(const SessionId& session, const CallContext& context) {
    return read_one<MetricsRecord>(pool_, context.deadline, "metrics", kMetrics, by(session.view()));
}

Result<std::vector<QualityRecord>> PostgresRecords::quality(const SessionId& session, std::size_t limit,
                                                            const CallContext& context) {
    return read_all<QualityRecord>(pool_, context.deadline, "quality", kQuality,
                                   [&](Statement& statement) { statement.text(session.view()).limit(limit); });
}

Result<std::optional<IdempotencyRecord>> PostgresRecords::idempotency(const std::string& key_hash, Instant now,
                                                                      const CallContext& context) {
    return read_one<IdempotencyRecord>(pool_, context.deadline, "idempotency", kIdempotency,
                                       [&](Statement& statement) { statement.text(key_hash).time(now); });
}

Result<std::vector<OutboxEvent>> PostgresRecords::events(std::uint64_t after, std::size_t limit,
                                                         const CallContext& context) {
    return read_all<OutboxEvent>(pool_, context.deadline, "events", kEvents,
                                 [&](Statement& statement) { statement.limit(after).limit(limit); });
}

}  // namespace televisit::storage_postgres
