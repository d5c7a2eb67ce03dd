#include "verifier.hpp"

#include <algorithm>
#include <utility>

namespace televisit::auth_jwt {

namespace {

constexpr std::size_t kMaxUserId = 64;
constexpr std::size_t kMaxName = 128;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

Error not_now(std::string reason, std::string message) {
    return error(Errc::unauthenticated, std::move(reason), std::move(message));
}

Result<void> check_times(const JwtClaims& claims, std::chrono::milliseconds leeway, Instant now) {
    const double at = std::chrono::duration<double>(now.time_since_epoch()).count();
    const double slack = std::chrono::duration<double>(leeway).count();
    if (at >= claims.exp + slack) return not_now("token_expired", "The credential has expired.");
    if (claims.nbf && at < *claims.nbf - slack)
        return not_now("token_not_yet_valid", "The credential is not valid yet.");
    return {};
}

Result<void> check_parties(const JwtClaims& claims, const TokenRules& rules) {
    if (!rules.issuer.empty() && claims.iss != rules.issuer) return bad_token("iss is not the configured one");
    if (!rules.audience.empty() && std::find(claims.aud.begin(), claims.aud.end(), rules.audience) == claims.aud.end())
        return bad_token("aud does not have the configured one");
    return {};
}

/// A name that could not be shown is left out; nobody is kept from a visit for it.
std::string shown_name(std::string name) {
    return characters(name) > kMaxName || has_control_character(name) ? std::string() : std::move(name);
}

}  // namespace

Result<Claims> verify_parts(const JwtParts& parts, const TokenRules& rules, const KeyList& keys, Instant now) {
    if (parts.header.alg != to_string(rules.algorithm)) return bad_token("alg is not the configured one");
    const bool signed_by_us = std::any_of(
        keys.begin(), keys.end(), [&](const auto& key) { return key->holds(parts.signed_text, parts.signature); });
    if (!signed_by_us) return bad_token("the signature does not hold");

    auto claims = read_claims(parts.payload, rules.claim_names);
    if (!claims) return std::move(claims).error();
    if (auto timely = check_times(*claims, rules.leeway, now); !timely) return std::move(timely).error();
    if (auto ours = check_parties(*claims, rules); !ours) return std::move(ours).error();
    if (claims->sub.empty() || characters(claims->sub) > kMaxUserId || has_control_character(claims->sub))
        return bad_token("sub is empty, longer than 64 characters, or has control characters");
    const auto role = rules.roles.role_of(claims->role);
    if (!role) return bad_token("the role is unknown");
    const auto expiry = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(claims->exp));
    return Claims{UserId(std::move(claims->sub)), *role, shown_name(std::move(claims->name)), Instant(expiry)};
}

Result<Claims> verify_token(std::string_view token, const TokenRules& rules, KeySource& keys, Instant now,
                            const CallContext& context) {
    auto parts = split_token(token, rules.max_size);
    if (!parts) return std::move(parts).error();
    auto list = keys.keys_for(parts->header.kid, context);
    if (!list) return std::move(list).error();
    return verify_parts(*parts, rules, *list, now);
}

}  // namespace televisit::auth_jwt
