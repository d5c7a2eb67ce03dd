#pragma once
/// JSON Web Tokens as a hospital's login would issue them, for trying things out.

#include <chrono>
#include <string>

namespace televisit::ctl {

struct TokenClaims {
    std::string subject;
    std::string role;
    std::string role_claim = "role";  ///< the claim that holds the role
    std::string issuer{};             ///< empty: none
    std::string audience{};           ///< empty: none
    std::chrono::system_clock::time_point issued_at;
    std::chrono::seconds lifetime{3600};
};

/// Signed with HS256.
std::string mint_token(const TokenClaims& claims, const std::string& secret);

}  // namespace televisit::ctl
