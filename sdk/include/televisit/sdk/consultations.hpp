#pragma once
/// The consultation itself: the kernel's rules of who may create, join, enter and leave, and of what reaches whom.
///
/// Plugins translate: REST and signaling put these rules on the wire, and hold none of their own.
/// Source: docs/protocol.md.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/ice.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// A bearer credential and where it comes from. Views live for the call.
struct PresentedCredential {
    std::string_view bearer;            ///< a JWT (it contains dots), an invitation token or an access token
    std::string_view client_address{};  ///< without a port; whoever guesses is told to wait by it, empty is not counted
};

/// What `create` is asked for. Times as the client wrote them (RFC 3339, or without a zone).
struct SessionDraft {
    std::string appointment_id{};
    UserId doctor_id;
    UserId patient_id;
    std::string scheduled_start_time{};
    std::string scheduled_end_time{};
    std::int64_t max_participants = 2;
    std::string metadata{};  ///< JSON object text, or empty
    std::string idempotency_key{};
    std::string request_digest{};  ///< of the body; a replay with another one is refused
    std::string public_origin{};   ///< `scheme://host[:port]` for `signaling_server_url`, when configuration names none
};

/// What `list` is asked for; what is absent or empty does not narrow it. Times as the client wrote them.
struct SessionFilter {
    UserId doctor_id;
    UserId patient_id;
    std::optional<SessionStatus> status{};
    std::string from{};  ///< planned to begin then or later
    std::string to{};    ///< planned to begin before
    std::size_t limit = 50;
    std::optional<std::pair<Instant, SessionId>> after{};  ///< the last one of the page before
};

struct CreatedSession {
    SessionRecord session;
    std::string doctor_token;   ///< in clear: printed here and nowhere else
    std::string patient_token;  ///< in clear
    bool replayed = false;      ///< the first answer to this idempotency key, again
};

struct JoinRequest {
    SessionId session;
    std::string device_type{};
    std::string browser_info{};
    std::string display_name{};
    std::string client_address{};
    std::string public_origin{};
};

/// When a session can be joined.
struct JoinWindow {
    Instant opens_at{};
    Instant closes_at{};
};

/// One person in a room, as the others see them.
struct Member {
    UserId user;
    PeerId peer;
    Role role = Role::guest;
    MediaState media{};
    StayState state = StayState::joined;
};

struct JoinGrant {
    SessionRecord session;
    AttendeeRecord attendee;
    std::string access_token;  ///< in clear
    std::string signaling_server_url;
    IceServers ice;
    std::vector<Member> participants;
    JoinWindow window;
};

/// Names one member's connection to whoever delivers to it; opaque here.
struct ConnectionKey {
    std::uint64_t value = 0;
    friend bool operator==(ConnectionKey, ConnectionKey) = default;
};

struct EnterRequest {
    RoomId room;
    std::string access_token{};
    std::string_view user_claim{};  ///< `user_id` as claimed, or empty
    std::string_view role_claim{};
    ConnectionKey connection;
    std::string_view client_address{};  ///< as of `PresentedCredential`
};

/// What a client says of itself in an event. Absent passes; present and not its own is refused.
struct SenderClaims {
    std::optional<std::string_view> room_id{};
    std::optional<std::string_view> from_peer_id{};
    std::optional<std::string_view> user_id{};
    std::optional<std::string_view> role{};
};

enum class RelayKind : std::uint8_t {
    description,  ///< offer or answer: to one other member
    candidate,    ///< to one other member when targeted, else to all others
    others,       ///< to all others
    everyone,     ///< to all, the sender included
};

/// One event on its way to other members. Views live for the call.
struct Relay {
    RelayKind kind = RelayKind::others;
    SenderClaims claims{};
    std::optional<std::string_view> target_peer_id{};
    std::string_view event;                           ///< the name that receivers see
    std::span<const std::string_view> payload{};      ///< pieces of one JSON value, already stamped with the sender
    std::span<const std::string_view> attachments{};  ///< binary attachments, in the order of their placeholders
};

enum class MediaKind : std::uint8_t { audio, video, screen_share };

/// One connection's place in a room, from `enter` to its end. **Threads**: any; calls on one seat from one thread at a
/// time.
/// **Blocks**: never. **Owns**: the kernel's object; may be kept until the plugin's `stop()` returns. Dropping it
/// without `leave` or `connection_lost` counts as `connection_lost`.
class Seat {
  public:
    virtual ~Seat() = default;
    virtual const SessionId& session() const noexcept = 0;
    virtual const RoomId& room() const noexcept = 0;
    virtual const Member& self() const noexcept = 0;  ///< as at `enter`; peer, user and role never change
    /// Lets through what has been held back for this member since `enter`: call when `joined_room` is on its way.
    virtual void open() = 0;
    /// Everyone in the room at this moment, oneself included.
    virtual std::vector<Member> members() const = 0;
    /// Checks the claims against the seat, finds who is to receive, and delivers. **Errors**: `forbidden` with
    /// `spoofed_sender` or `wrong_room`; `not_found` with `peer_absent` or `unknown_target`; `conflict` with
    /// `not_in_room` once the seat is lost.
    virtual Result<void> relay(const Relay& relay) = 0;
    /// Remembers it for those who join later; relaying it is the caller's.
    virtual void set_media(MediaKind kind, bool enabled) = 0;
    /// Leaves for good. Idempotent.
    virtual void leave() = 0;
    /// The socket is gone without a farewell: an interruption, which the grace time may heal. Idempotent.
    virtual void connection_lost() = 0;
    /// The same, but the connection can still be told things, and `resume` brings it back: until the seat is lost, what
    /// concerns it goes on reaching the listener. Idempotent.
    virtual void suspend() = 0;
    /// Ends what `suspend` began. False when the seat is lost by now: left, taken over, or the grace time has ended.
    virtual bool resume() = 0;
};

struct Entered {
    std::unique_ptr<Seat> seat;  ///< null when this connection already has its seat there: the answer is repeated
    Member self;
    std::vector<Member> participants;  ///< oneself included
};

/// Why a connection has lost its seat without asking for it.
enum class SeatLoss : std::uint8_t {
    replaced,
    session_over,
    revoked,
    kicked,
    room_full,  ///< its server was out of reach for so long that the seat was given away
};

constexpr std::string_view to_string(SeatLoss loss) noexcept {
    switch (loss) {
        case SeatLoss::replaced:
            return "replaced";
        case SeatLoss::session_over:
            return "session_over";
        case SeatLoss::revoked:
            return "revoked";
        case SeatLoss::kicked:
            return "kicked";
        case SeatLoss::room_full:
            return "room_full";
    }
    return "replaced";
}

/// Delivers to members' connections: implemented by signaling. **Threads**: any, event loops included; what concerns
/// one connection comes in order. **Blocks**: never. Views live for the call.
class RoomListener {
  public:
    using To = std::span<const ConnectionKey>;
    virtual ~RoomListener() = default;
    virtual void relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                         std::span<const std::string_view> attachments) = 0;
    virtual void user_joined(To to, const Member& member) = 0;
    virtual void user_left(To to, const Member& member, LeaveReason reason) = 0;
    virtual void user_interrupted(To to, const Member& member, std::chrono::milliseconds grace) = 0;
    virtual void user_resumed(To to, const Member& member) = 0;
    virtual void room_state(To to, const RoomId& room, std::span<const Member> members) = 0;
    virtual void session_expiring(To to, std::chrono::seconds left) = 0;
    virtual void session_ended(To to, const SessionId& session, std::string_view reason) = 0;
    virtual void ice_servers(To to, const IceServers& servers) = 0;
    /// The connection's seat is gone: say why, and disconnect it.
    virtual void seat_lost(ConnectionKey connection, SeatLoss loss) = 0;
};

/// Instructions of `reschedule`; absent members stay as they are.
struct SessionPatch {
    std::optional<std::string> scheduled_start_time{};
    std::optional<std::string> scheduled_end_time{};
    std::optional<std::int64_t> max_participants{};
    std::optional<std::string> metadata{};
};

struct InvitationDraft {
    Role role = Role::guest;
    std::string display_name{};
    std::optional<std::chrono::seconds> expires_in{};
};

struct CreatedInvitation {
    InvitationRecord invitation;
    std::string token;  ///< in clear
};

/// The service. **Threads**: any worker, concurrently. **Blocks**: to `context.deadline`.
/// **Errors**: those of docs/protocol.md "Errors", each with its `reason`; a session that the caller has no part in is
/// `not_found`.
class Consultations {
  public:
    virtual ~Consultations() = default;

    /// Who presents this bearer credential. **Errors**: also `rate_limited` with `too_many_guesses` and `retry_after`
    /// when wrong ones came from that address too often, as from `enter`; the credential has then not been looked at.
    virtual Result<Identity> identify(const PresentedCredential& credential, const CallContext& context) = 0;

    virtual Result<CreatedSession> create(const Identity& caller, const SessionDraft& draft,
                                          const CallContext& context) = 0;
    virtual Result<SessionRecord> get(const Identity& caller, const SessionId& id, const CallContext& context) = 0;
    /// Newest first, as `RecordStore::sessions`. **Errors**: `invalid` with `invalid_parameter` for a time that is
    /// none.
    virtual Result<std::vector<SessionRecord>> list(const Identity& caller, const SessionFilter& filter,
                                                    const CallContext& context) = 0;
    virtual Result<SessionRecord> reschedule(const Identity& caller, const SessionId& id, Version expected,
                                             const SessionPatch& patch, const CallContext& context) = 0;
    virtual Result<SessionRecord> cancel(const Identity& caller, const SessionId& id, const CallContext& context) = 0;
    virtual Result<JoinGrant> join(const Identity& caller, const JoinRequest& request, const CallContext& context) = 0;
    /// Out of the room, if in it. Idempotent.
    virtual Result<void> leave(const Identity& caller, const SessionId& id, const CallContext& context) = 0;
    virtual Result<SessionRecord> end(const Identity& caller, const SessionId& id, const CallContext& context) = 0;
    virtual Result<IceServers> ice_servers(const Identity& caller, const SessionId& id,
                                           const std::string& client_address, const CallContext& context) = 0;

    virtual Result<CreatedInvitation> invite(const Identity& caller, const SessionId& id, const InvitationDraft& draft,
                                             const CallContext& context) = 0;
    virtual Result<void> revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                                const CallContext& context) = 0;
    virtual Result<std::vector<AttendeeRecord>> attendees(const Identity& caller, const SessionId& id,
                                                          const CallContext& context) = 0;
    virtual Result<MetricsRecord> metrics(const Identity& caller, const SessionId& id, const CallContext& context) = 0;
    virtual Result<void> add_quality(const Identity& caller, const SessionId& id, std::string sample,
                                     const CallContext& context) = 0;

    /// Takes a place in a room with the access token of a join. Others hear `user_joined` before it returns.
    virtual Result<Entered> enter(const EnterRequest& request, const CallContext& context) = 0;
    /// How long somebody whose connection is lost keeps the seat. **Threads**: any. **Blocks**: never.
    virtual std::chrono::milliseconds grace() const = 0;
    /// Who delivers to the connections that enter; one at a time. **Errors**: `conflict` when there is one already.
    virtual Result<void> attach(RoomListener& listener) = 0;
    /// After it returns the listener is not called any more.
    virtual void detach(RoomListener& listener) = 0;
};

}  // namespace televisit
