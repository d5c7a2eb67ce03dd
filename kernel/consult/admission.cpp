#include "consult/admission.hpp"

#include <algorithm>

#include "consult/checks.hpp"
#include "consult/origin.hpp"
#include "consult/roster.hpp"
#include "consult/times.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kLongestToken = 256;

Error invalid_token() {
    return error(Errc::unauthenticated, "invalid_token", "This access token is not valid.");
}

Result<void> check_fields(const JoinRequest& request) {
    Checks checks;
    checks.text("/device_type", request.device_type, kIdLength);
    checks.text("/browser_info", request.browser_info, kBrowserLength);
    checks.text("/display_name", request.display_name, kNameLength);
    if (!checks.ok()) return std::move(checks).failure();
    return {};
}

}  // namespace

Result<void> Admissions::check_open(const SessionRecord& session) const {
    if (is_over(session.status)) return session_over();
    const auto now = parts_.ports.clock.now();
    const auto opens = parts_.visits.opens_at(session);
    if (now < opens) {
        auto failure = error(Errc::conflict, "join_too_early", "This consultation cannot be joined yet.");
        failure.members.emplace_back("opens_at", json_string(print_time(opens)));
        return failure;
    }
    if (now >= parts_.visits.closes_at(session))
        return error(Errc::conflict, "join_too_late", "The time of this consultation has passed.");
    return {};
}

AttendeeRecord Admissions::new_attendee(const SessionRecord& session, const Identity& caller, Role role) const {
    AttendeeRecord attendee;
    attendee.id = AttendeeId(parts_.ports.secrets.uuid());
    attendee.session = session.id;
    attendee.user = caller.user;
    attendee.role = role;
    attendee.peer_id = parts_.tokens.peer_id(role, caller.user);
    attendee.invitation = caller.invitation;
    attendee.created_at = parts_.ports.clock.now();
    return attendee;
}

Result<Admissions::Issued> Admissions::issue(const SessionRecord& session, const Identity& caller, Role role,
                                             const JoinRequest& request, const CallContext& context) const {
    auto& ports = parts_.ports;
    for (int attempt = 0; attempt < kCommitAttempts && ports.clock.steady_now() < context.deadline; ++attempt) {
        auto known = ports.records.attendee(session.id, caller.user, context);
        if (!known.ok()) return known.error();
        auto batch = parts_.commits.batch();
        auto attendee = *known ? std::move(**known) : new_attendee(session, caller, role);
        const auto expected = attendee.version;
        auto token = parts_.tokens.random();
        attendee.access_token = parts_.tokens.hash(token);
        ++attendee.token_number;
        attendee.device_type = request.device_type;
        attendee.browser_info = request.browser_info;
        if (const auto& name = request.display_name.empty() ? caller.display_name : request.display_name; !name.empty())
            attendee.display_name = name;
        attendee.updated_at = batch.now;
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{attendee, expected});
        batch.events.push_back(Commits::event("attendee.joined", batch.now, session.id,
                                              "\"attendee_id\":" + json_string(attendee.id.view())));
        const auto committed = parts_.commits.commit(batch, context);
        if (!committed.ok()) return committed.error();
        if (!*committed) continue;
        attendee.version = expected + 1;
        parts_.guard.accepted(token);  // to enter with, from an address where others may have guessed
        return Issued{std::move(attendee), std::move(token)};
    }
    return Commits::busy();
}

Result<IceServers> Admissions::ice(const SessionRecord& session, const AttendeeId& attendee,
                                   const std::string& client_address, const CallContext& context) const {
    if (!parts_.ports.ice) return IceServers{};
    const auto ttl = parts_.ice.wanted_ttl(parts_.visits.closes_at(session));
    return parts_.ice.ask({attendee, client_address, ttl}, context);
}

Result<JoinGrant> Admissions::join(const Identity& caller, const JoinRequest& request,
                                   const CallContext& context) const {
    auto& ports = parts_.ports;
    const auto found = ports.records.session(request.session, context);
    if (!found.ok()) return found.error();
    const auto part = *found ? part_of(caller, **found) : Part::none;
    if (part == Part::none) return no_such_session();
    if (part == Part::overseer) return error(Errc::forbidden, "not_a_participant", "You have no part in this visit.");
    if (caller.via == Credential::access_token)
        return error(Errc::forbidden, "access_token_not_accepted", "Join with your account or your invitation.");
    const auto& session = **found;
    if (auto fields = check_fields(request); !fields) return fields.error();
    if (auto open = check_open(session); !open) return open.error();
    const auto role = role_of(part, caller.role);
    const auto room = parts_.rooms.look(session.room_id, context);
    if (!room.ok()) return room.error();
    if ((*room)->closed) return session_over();
    const auto& stays = (*room)->stays;
    const bool inside =
        std::any_of(stays.begin(), stays.end(), [&](const Stay& stay) { return stay.user == caller.user; });
    if (!inside && !has_seat(stays, role, session.max_participants))
        return error(Errc::conflict, "room_full", "The room is full.");
    if (auto admitted = parts_.policy.ask(session, caller, context); !admitted) return admitted.error();

    auto issued = issue(session, caller, role, request, context);
    if (!issued.ok()) return issued.error();
    auto ice_servers = ice(session, issued->attendee.id, request.client_address, context);
    if (!ice_servers.ok())  // a call may well succeed without them, and they can be fetched again
        ports.logger.warning("ice servers not to be had",
                             {{"session", session.id.view()}, {"reason", ice_servers.error().name()}});
    JoinGrant grant;
    grant.session = session;
    grant.attendee = std::move(issued->attendee);
    grant.access_token = std::move(issued->access_token);
    grant.signaling_server_url = signaling_url(parts_.settings.public_url, request.public_origin);
    if (ice_servers.ok()) grant.ice = std::move(*ice_servers);
    grant.participants = members_of(stays);
    grant.window = {parts_.visits.opens_at(session), parts_.visits.closes_at(session)};
    return grant;
}

Result<void> Admissions::check_invitation(const AttendeeRecord& attendee, const CallContext& context) const {
    if (attendee.invitation.empty()) return {};
    const auto invitation = parts_.ports.records.invitation(attendee.invitation, context);
    if (!invitation.ok()) return invitation.error();
    if (!*invitation || (*invitation)->revoked_at)
        return error(Errc::unauthenticated, "invitation_revoked", "This invitation has been withdrawn.");
    return {};
}

/// Whoever kicks or revokes writes it first and puts out then; whoever joins anew gets another token first. An entrance
/// in between was not found by them, so it looks at the records once more.
Result<void> Admissions::check_still_welcome(const SessionRecord& session, const AttendeeRecord& attendee,
                                             const CallContext& context) const {
    const auto now = parts_.ports.records.attendee(session.id, attendee.user, context);
    if (!now.ok()) return now.error();
    if (!*now) return invalid_token();  // erased
    const bool kicked = (*now)->access_token == parts_.tokens.voided(attendee.id);
    const bool outdated = kicked || (*now)->token_number != attendee.token_number;
    auto allowed = outdated ? Result<void>(invalid_token()) : check_invitation(attendee, context);
    if (allowed || allowed.error().code != Errc::unauthenticated) return allowed;
    const auto reason = kicked ? LeaveReason::kicked : outdated ? LeaveReason::rejoined : LeaveReason::revoked;
    const auto out = parts_.rooms.put_out(session, attendee.id, reason, context, attendee.token_number);
    return out ? allowed : out;
}

Result<AttendeeRecord> Admissions::holder_of(const EnterRequest& request, const CallContext& context) const {
    const auto& token = request.access_token;
    if (auto free = parts_.guard.check(request.client_address, token); !free) return free.error();
    const auto hash = parts_.tokens.hash(token);
    Result<std::optional<AttendeeRecord>> found = std::optional<AttendeeRecord>{};
    if (!token.empty() && token.size() <= kLongestToken) found = parts_.ports.records.attendee_by_token(hash, context);
    if (!found.ok()) return found.error();
    if (!*found || !parts_.ports.secrets.equal((*found)->access_token, hash)) {
        parts_.guard.refused(request.client_address, token, invalid_token());
        return invalid_token();
    }
    parts_.guard.accepted(token);
    return std::move(**found);
}

Result<Entered> Admissions::enter(const EnterRequest& request, const CallContext& context) const {
    auto& ports = parts_.ports;
    const auto holder = holder_of(request, context);
    if (!holder.ok()) return holder.error();
    const auto& self = *holder;
    const auto session = ports.records.session(self.session, context);
    if (!session.ok()) return session.error();
    if (!*session) return invalid_token();
    if ((*session)->room_id != request.room)
        return error(Errc::forbidden, "wrong_room", "This access token is for another room.");
    const bool spoofed = (!request.user_claim.empty() && request.user_claim != self.user.view()) ||
                         (!request.role_claim.empty() && request.role_claim != to_string(self.role));
    if (spoofed) return error(Errc::forbidden, "spoofed_sender", "This access token belongs to somebody else.");
    if (auto invited = check_invitation(self, context); !invited) return invited.error();
    if (auto open = check_open(**session); !open) return open.error();
    auto entered = parts_.rooms.enter(**session, self, request.connection, context);
    if (!entered.ok()) return entered;
    if (auto welcome = check_still_welcome(**session, self, context); !welcome) return welcome.error();
    parts_.ice.entered(request.room, self.id, request.client_address);
    return entered;
}

Result<IceServers> Admissions::ice_servers(const Identity& caller, const SessionId& id,
                                           const std::string& client_address, const CallContext& context) const {
    const auto session = parts_.ports.records.session(id, context);
    if (!session.ok()) return session.error();
    const auto part = *session ? part_of(caller, **session) : Part::none;
    if (part == Part::none) return no_such_session();
    const auto attendee = parts_.ports.records.attendee(id, caller.user, context);
    if (!attendee.ok()) return attendee.error();
    if (!takes_part(part) || !*attendee)
        return error(Errc::forbidden, "not_an_attendee", "Join the consultation first.");
    if (is_over((*session)->status)) return session_over();
    return ice(**session, (*attendee)->id, client_address, context);
}

}  // namespace televisit::consult
