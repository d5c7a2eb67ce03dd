#pragma once
/// Durable records of consultations, and the port of the stores that keep them.
///
/// A store knows no policy, only conditional writes: every change is one `commit` of versioned writes with the events
/// that tell of it, all or nothing. Who may do what, and when, is decided above it. Source: docs/protocol.md "Data".

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

enum class SessionStatus : std::uint8_t { scheduled, active, completed, cancelled, no_show, expired };

/// The name on the wire and in the database, e.g. "NO_SHOW".
constexpr std::string_view to_string(SessionStatus status) noexcept {
    switch (status) {
        case SessionStatus::scheduled:
            return "SCHEDULED";
        case SessionStatus::active:
            return "ACTIVE";
        case SessionStatus::completed:
            return "COMPLETED";
        case SessionStatus::cancelled:
            return "CANCELLED";
        case SessionStatus::no_show:
            return "NO_SHOW";
        case SessionStatus::expired:
            return "EXPIRED";
    }
    return "SCHEDULED";
}

constexpr std::optional<SessionStatus> parse_session_status(std::string_view name) noexcept {
    using enum SessionStatus;
    for (auto status : {scheduled, active, completed, cancelled, no_show, expired})
        if (name == to_string(status)) return status;
    return std::nullopt;
}

/// Lower-case hex SHA-256 of a token. Stores never see a token itself.
using TokenHash = std::string;

/// Counts the writes of one record: 1 after the first. As an expectation, 0 means "does not exist yet".
using Version = std::int64_t;

/// One consultation: a row of `video_consultation_sessions`.
struct SessionRecord {
    SessionId id;
    Version version = 0;
    std::string appointment_id{};
    UserId doctor_id;
    UserId patient_id;
    SessionStatus status = SessionStatus::scheduled;
    Instant scheduled_start{};
    Instant scheduled_end{};
    std::optional<Instant> actual_start{};  ///< the first `joined_room`
    std::optional<Instant> actual_end{};    ///< the end of the last stay, once the session is over
    RoomId room_id;                         ///< unique
    TokenHash doctor_token{};
    TokenHash patient_token{};
    std::int32_t token_generation = 1;  ///< of the two tokens above
    std::string signaling_server_url{};
    std::int32_t max_participants = 2;
    std::string metadata{};    ///< JSON object text, or empty
    bool doctor_seen = false;  ///< has ever been in the room
    bool patient_seen = false;
    bool seen_together = false;            ///< both have been in it at once
    std::string end_reason{};              ///< why it is over: "ended", "cancelled", "window_closed", "room_empty", …
    std::optional<Instant> empty_since{};  ///< the room has been empty since then
    std::optional<Instant> due_at{};     ///< when something is to be done about it by the clock; see `RecordStore::due`
    std::optional<Instant> closed_at{};  ///< when it came to its end, whichever
    bool names_removed = false;          ///< what belongs to it is not kept any longer: see docs/operations.md
    bool metadata_removed = false;
    bool device_information_removed = false;
    Instant created_at{};
    Instant updated_at{};
};

/// One person's part in a consultation: a row of `video_consultation_attendees`. (session, user) is unique.
struct AttendeeRecord {
    AttendeeId id;
    Version version = 0;
    SessionId session;
    UserId user;
    Role role = Role::guest;
    PeerId peer_id;
    TokenHash access_token{};       ///< of the latest join
    std::int64_t token_number = 0;  ///< 1 for the first join, 1 more with each further one
    std::string display_name{};
    std::string device_type{};
    std::string browser_info{};
    InvitationId invitation;
    std::optional<Instant> joined_at{};  ///< first time in the room
    std::optional<Instant> left_at{};    ///< last time out of it
    Instant created_at{};
    Instant updated_at{};
};

/// A further person's way in.
struct InvitationRecord {
    InvitationId id;
    Version version = 0;
    SessionId session;
    Role role = Role::guest;
    std::string display_name{};
    TokenHash token{};
    std::optional<Instant> expires_at{};
    std::optional<Instant> revoked_at{};
    Instant created_at{};
};

/// Usage of one consultation that is over: a row of `video_consultation_metrics`. At most one a session.
struct MetricsRecord {
    std::string id{};  ///< UUID
    SessionId session;
    std::int64_t session_duration_hundredths = 0;  ///< `session_duration_minutes` times 100
    std::int32_t total_participants = 0;
    Instant created_at{};
};

/// What an attendee's client measured of its connection.
struct QualityRecord {
    SessionId session;
    AttendeeId attendee;
    Instant at{};
    std::string sample{};  ///< JSON object text
};

/// The answer once given to a request with an Idempotency-Key.
struct IdempotencyRecord {
    std::string key_hash{};   ///< of scope and key; unique
    std::string body_hash{};  ///< of the request
    SessionId session;        ///< what the request made
    Instant expires_at{};
};

/// A domain event on its way out, written with the change that it tells of.
struct OutboxEvent {
    std::uint64_t cursor = 0;  ///< given by the store, growing in the order of commits
    std::string type{};        ///< e.g. "session.created"
    Instant at{};
    SessionId session;
    std::string payload{};  ///< JSON; ids only
};

/// A write that takes effect only if the record's version is still `expected`; it then becomes `expected + 1`.
template <class Record>
struct VersionedWrite {
    Record record;
    Version expected = 0;
};

/// Removes a session with everything that belongs to it, if its version is still `expected`. Its idempotency records
/// stay until they expire, and its outbox events until they are pruned: they hold ids only.
struct SessionRemoval {
    SessionId session;
    Version expected = 0;
};

/// Removes all quality samples of a session; there may be none.
struct QualityRemoval {
    SessionId session;
};

using RecordWrite =
    std::variant<VersionedWrite<SessionRecord>, VersionedWrite<AttendeeRecord>, VersionedWrite<InvitationRecord>,
                 MetricsRecord, QualityRecord, IdempotencyRecord, SessionRemoval, QualityRemoval>;

/// All or nothing. `MetricsRecord` and `IdempotencyRecord` must not exist yet (an expired idempotency record counts as
/// absent at `now`), `QualityRecord`s are appended. A batch with a `SessionRemoval` has no other write.
struct RecordBatch {
    OperationId operation;  ///< unique to this change; the same batch committed again has the outcome of the first time
    Instant now{};
    std::vector<RecordWrite> writes{};
    std::vector<OutboxEvent> events{};
};

struct CommitOutcome {
    bool committed = false;
    std::size_t refused = 0;  ///< when not committed: index of the first write whose expectation did not hold
};

/// Which sessions, newest first: by `created_at`, then `id`, both descending.
struct SessionQuery {
    UserId participant;  ///< as doctor or patient
    UserId doctor_id;
    UserId patient_id;
    std::optional<SessionStatus> status{};
    std::optional<Instant> from{};  ///< scheduled_start >= from
    std::optional<Instant> to{};    ///< scheduled_start < to
    std::size_t limit = 50;
    std::optional<std::pair<Instant, SessionId>> after{};  ///< the last one of the page before
};

/// Keeps the records. **Threads**: any worker, concurrently. **Blocks**: to `context.deadline`.
/// **Errors**: `unavailable` when the store cannot be reached, `timeout` when the outcome is unknown (ask
/// `was_committed`); an absent record is an empty optional, never an error. Instants keep their microseconds, strings
/// every byte.
class RecordStore {
  public:
    static constexpr std::string_view kCapability = "televisit.records/1";
    virtual ~RecordStore() = default;

    virtual Result<CommitOutcome> commit(const RecordBatch& batch, const CallContext& context) = 0;
    /// Whether that operation has been committed. Kept for at least a day.
    virtual Result<bool> was_committed(const OperationId& operation, const CallContext& context) = 0;

    virtual Result<std::optional<SessionRecord>> session(const SessionId& id, const CallContext& context) = 0;
    virtual Result<std::optional<SessionRecord>> session_by_room(const RoomId& room, const CallContext& context) = 0;
    virtual Result<std::vector<SessionRecord>> sessions(const SessionQuery& query, const CallContext& context) = 0;
    /// Sessions with `due_at <= now`, the longest due first.
    virtual Result<std::vector<SessionRecord>> due(Instant now, std::size_t limit, const CallContext& context) = 0;

    virtual Result<std::optional<AttendeeRecord>> attendee(const SessionId& session, const UserId& user,
                                                           const CallContext& context) = 0;
    virtual Result<std::optional<AttendeeRecord>> attendee_by_token(const TokenHash& access_token,
                                                                    const CallContext& context) = 0;
    virtual Result<std::vector<AttendeeRecord>> attendees(const SessionId& session, const CallContext& context) = 0;

    /// The session for whose doctor or patient that invitation token is.
    virtual Result<std::optional<SessionRecord>> session_by_token(const TokenHash& token,
                                                                  const CallContext& context) = 0;
    virtual Result<std::optional<InvitationRecord>> invitation(const InvitationId& id, const CallContext& context) = 0;
    virtual Result<std::optional<InvitationRecord>> invitation_by_token(const TokenHash& token,
                                                                        const CallContext& context) = 0;
    virtual Result<std::vector<InvitationRecord>> invitations(const SessionId& session, const CallContext& context) = 0;

    virtual Result<std::optional<MetricsRecord>> metrics(const SessionId& session, const CallContext& context) = 0;
    virtual Result<std::vector<QualityRecord>> quality(const SessionId& session, std::size_t limit,
                                                       const CallContext& context) = 0;
    virtual Result<std::optional<IdempotencyRecord>> idempotency(const std::string& key_hash, Instant now,
                                                                 const CallContext& context) = 0;

    /// Events after that cursor, in order; 0 for the first.
    virtual Result<std::vector<OutboxEvent>> events(std::uint64_t after, std::size_t limit,
                                                    const CallContext& context) = 0;
    /// Removes operation ids, expired idempotency records and outbox events older than `before`.
    virtual Result<void> prune(Instant before, const CallContext& context) = 0;
};

}  // namespace televisit
