/// What belongs to a session: invitations, attendees, usage, quality samples.
#include <algorithm>

#include "consult/checks.hpp"
#include "consult/sessions.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kMostInvitations = 100;
constexpr std::size_t kLongestSample = 4096;
constexpr std::chrono::seconds kLongestInvitation = std::chrono::days{366};

Error no_such_invitation() {
    return error(Errc::not_found, "invitation_not_found", "There is no such invitation.");
}

Result<void> check_fields(const InvitationDraft& draft) {
    Checks checks;
    if (draft.role != Role::interpreter && draft.role != Role::observer && draft.role != Role::guest)
        checks.refuse("/role", "not_allowed", "INTERPRETER, OBSERVER or GUEST.");
    checks.text("/display_name", draft.display_name, kNameLength);
    if (draft.expires_in && (*draft.expires_in < std::chrono::seconds{1} || *draft.expires_in > kLongestInvitation))
        checks.refuse("/expires_in_s", "out_of_range", "From 1 second to 366 days.");
    if (!checks.ok()) return std::move(checks).failure();
    return {};
}

}  // namespace

Result<CreatedInvitation> Sessions::invite(const Identity& caller, const SessionId& id, const InvitationDraft& draft,
                                           const CallContext& context) const {
    const auto session = find_to_manage(caller, id, context);
    if (!session.ok()) return session.error();
    if (auto fields = check_fields(draft); !fields) return fields.error();
    if (is_over(session->status)) return session_over();
    auto& records = parts_.ports.records;
    const auto known = records.invitations(id, context);
    if (!known.ok()) return known.error();
    if (known->size() >= kMostInvitations)
        return error(Errc::conflict, "too_many_invitations", "This consultation has too many invitations.");
    auto batch = parts_.commits.batch();
    auto token = parts_.tokens.random();
    InvitationRecord invitation;
    invitation.id = InvitationId(parts_.ports.secrets.uuid());
    invitation.session = id;
    invitation.role = draft.role;
    invitation.display_name = draft.display_name;
    invitation.token = parts_.tokens.hash(token);
    if (draft.expires_in) invitation.expires_at = batch.now + *draft.expires_in;
    invitation.created_at = batch.now;
    batch.writes.emplace_back(VersionedWrite<InvitationRecord>{invitation, 0});
    batch.events.push_back(
        Commits::event("invitation.created", batch.now, id, "\"invitation_id\":" + json_string(invitation.id.view())));
    const auto committed = parts_.commits.commit(batch, context);
    if (!committed.ok()) return committed.error();
    if (!*committed) return no_such_session();  // erased meanwhile
    invitation.version = 1;
    return CreatedInvitation{std::move(invitation), std::move(token)};
}

Result<void> Sessions::revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                              const CallContext& context) const {
    const auto session = find_to_manage(caller, id, context);
    if (!session.ok()) return session.error();
    auto& records = parts_.ports.records;
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        auto found = records.invitation(invitation, context);
        if (!found.ok()) return found.error();
        if (!*found || (*found)->session != id) return no_such_invitation();
        if ((*found)->revoked_at) break;
        auto batch = parts_.commits.batch();
        const auto expected = (*found)->version;
        (*found)->revoked_at = batch.now;
        batch.writes.emplace_back(VersionedWrite<InvitationRecord>{std::move(**found), expected});
        batch.events.push_back(
            Commits::event("invitation.revoked", batch.now, id, "\"invitation_id\":" + json_string(invitation.view())));
        const auto committed = parts_.commits.commit(batch, context);
        if (!committed.ok()) return committed.error();
        if (*committed) break;
    }
    const auto attendee = records.attendee(id, UserId(invitation.str()), context);
    if (!attendee.ok()) return attendee.error();
    if (!*attendee || is_over(session->status)) return {};
    return parts_.rooms.put_out(*session, (*attendee)->id, LeaveReason::revoked, context);
}

Result<std::vector<AttendeeRecord>> Sessions::attendees(const Identity& caller, const SessionId& id,
                                                        const CallContext& context) const {
    if (auto seen = find(caller, id, context); !seen.ok()) return seen.error();
    return parts_.ports.records.attendees(id, context);
}

Result<MetricsRecord> Sessions::metrics(const Identity& caller, const SessionId& id, const CallContext& context) const {
    if (auto seen = find(caller, id, context); !seen.ok()) return seen.error();
    auto found = parts_.ports.records.metrics(id, context);
    if (!found.ok()) return found.error();
    if (!*found) return error(Errc::not_found, "no_metrics", "There are no figures before the consultation is over.");
    return std::move(**found);
}

Result<AttendeeRecord> Sessions::own_attendee(const Identity& caller, const SessionId& id,
                                              const CallContext& context) const {
    auto seen = find(caller, id, context);
    if (!seen.ok()) return seen.error();
    auto attendee = parts_.ports.records.attendee(id, caller.user, context);
    if (!attendee.ok()) return attendee.error();
    if (!takes_part(seen->part) || !*attendee)
        return error(Errc::forbidden, "not_an_attendee", "Join the consultation first.");
    if (is_over(seen->session.status)) return session_over();
    return std::move(**attendee);
}

Result<void> Sessions::add_quality(const Identity& caller, const SessionId& id, std::string sample,
                                   const CallContext& context) const {
    const auto attendee = own_attendee(caller, id, context);
    if (!attendee.ok()) return attendee.error();
    if (sample.size() > kLongestSample)
        return error(Errc::too_large, "sample_too_large", "A quality sample has at most 4096 bytes.");
    const char first = sample.empty() ? '\0' : sample[std::min(sample.find_first_not_of(" \t\r\n"), sample.size() - 1)];
    if (first != '{' && first != '[')
        return error(Errc::invalid, "wrong_type", "A quality sample is a JSON object, or a list of them.");
    auto batch = parts_.commits.batch();
    batch.writes.emplace_back(QualityRecord{id, attendee->id, batch.now, std::move(sample)});
    const auto committed = parts_.commits.commit(batch, context);
    if (!committed.ok()) return committed.error();
    return *committed ? Result<void>{} : Result<void>(no_such_session());
}

}  // namespace televisit::consult
