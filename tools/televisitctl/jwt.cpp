#include "jwt.hpp"

#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>

namespace televisit::ctl {

std::string mint_token(const TokenClaims& claims, const std::string& secret) {
    const auto seconds = [](std::chrono::system_clock::time_point time) {
        return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    };
    Poco::JWT::Token token;
    token.setType("JWT");
    token.setSubject(claims.subject);
    token.payload().set(claims.role_claim, claims.role);
    if (!claims.issuer.empty()) token.setIssuer(claims.issuer);
    if (!claims.audience.empty()) token.payload().set("aud", claims.audience);
    // As whole numbers: Poco's own setters write fractions.
    token.payload().set("iat", static_cast<Poco::Int64>(seconds(claims.issued_at)));
    token.payload().set("exp", static_cast<Poco::Int64>(seconds(claims.issued_at + claims.lifetime)));
    return Poco::JWT::Signer(secret).sign(token, Poco::JWT::Signer::ALGO_HS256);
}

}  // namespace televisit::ctl
