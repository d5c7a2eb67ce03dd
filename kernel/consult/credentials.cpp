#include "consult/credentials.hpp"

#include "consult/checks.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kLongestJwt = 16 * 1024;
constexpr std::size_t kLongestToken = 256;

Error unknown_credential() {
    return error(Errc::unauthenticated, "invalid_token", "This credential is not valid.");
}

Error withdrawn() {
    return error(Errc::unauthenticated, "invitation_revoked", "This invitation has been withdrawn.");
}

Identity bound_to(const SessionId& session, UserId user, Role role, Credential via) {
    Identity identity;
    identity.user = std::move(user);
    identity.role = role;
    identity.via = via;
    identity.session = session;
    return identity;
}

}  // namespace

Result<Identity> Credentials::identify(const PresentedCredential& credential, const CallContext& context) const {
    const auto [bearer, address] = credential;
    if (bearer.empty()) return error(Errc::unauthenticated, "missing_credential", "Please sign in.");
    if (auto free = parts_.guard.check(address, bearer); !free) return free.error();
    auto caller = bearer.find('.') != std::string_view::npos ? account(bearer, context) : holder(bearer, context);
    if (caller.ok())
        parts_.guard.accepted(bearer);
    else
        parts_.guard.refused(address, bearer, caller.error());
    return caller;
}

Result<Identity> Credentials::account(std::string_view jwt, const CallContext& context) const {
    if (!parts_.ports.authenticator || jwt.size() > kLongestJwt) return unknown_credential();
    auto claims = parts_.ports.authenticator->authenticate(jwt, context);
    if (!claims.ok()) return claims.error();
    Identity identity;
    identity.user = std::move(claims->user);
    identity.role = claims->role;
    identity.display_name = std::move(claims->display_name);
    const auto& user = identity.user.str();
    if (user.empty() || characters(user) > kIdLength || !is_clean_text(user)) return unknown_credential();
    if (characters(identity.display_name) > kNameLength || !is_clean_text(identity.display_name))
        identity.display_name.clear();
    return identity;
}

Result<Identity> Credentials::holder(std::string_view token, const CallContext& context) const {
    if (token.size() > kLongestToken) return unknown_credential();
    auto& ports = parts_.ports;
    const auto hash = parts_.tokens.hash(token);
    const auto is = [&](const TokenHash& kept) { return ports.secrets.equal(kept, hash); };

    const auto attendee = ports.records.attendee_by_token(hash, context);
    if (!attendee.ok()) return attendee.error();
    if (*attendee && is((*attendee)->access_token)) return seated(**attendee, context);
    const auto session = ports.records.session_by_token(hash, context);
    if (!session.ok()) return session.error();
    if (*session && is((*session)->doctor_token))
        return bound_to((*session)->id, (*session)->doctor_id, Role::doctor, Credential::invitation);
    if (*session && is((*session)->patient_token))
        return bound_to((*session)->id, (*session)->patient_id, Role::patient, Credential::invitation);
    const auto invitation = ports.records.invitation_by_token(hash, context);
    if (!invitation.ok()) return invitation.error();
    if (*invitation && is((*invitation)->token)) return invited(**invitation);
    return unknown_credential();
}

/// An invitation that ends lets whoever has joined stay; one that is withdrawn does not.
Result<Identity> Credentials::seated(const AttendeeRecord& attendee, const CallContext& context) const {
    if (!attendee.invitation.empty()) {
        const auto invitation = parts_.ports.records.invitation(attendee.invitation, context);
        if (!invitation.ok()) return invitation.error();
        if (!*invitation || (*invitation)->revoked_at) return withdrawn();
    }
    auto identity = bound_to(attendee.session, attendee.user, attendee.role, Credential::access_token);
    identity.invitation = attendee.invitation;
    identity.display_name = attendee.display_name;
    return identity;
}

Result<Identity> Credentials::invited(const InvitationRecord& invitation) const {
    if (invitation.revoked_at) return withdrawn();
    if (invitation.expires_at && *invitation.expires_at <= parts_.ports.clock.now())
        return error(Errc::unauthenticated, "invitation_expired", "This invitation has expired.");
    auto identity = bound_to(invitation.session, UserId(invitation.id.str()), invitation.role, Credential::invitation);
    identity.invitation = invitation.id;
    identity.display_name = invitation.display_name;
    return identity;
}

}  // namespace televisit::consult
