#pragma once
/// Whether a token is true, now and here: a function of the token, the rules, the keys and the time.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "jwt.hpp"
#include "keys.hpp"
#include "role_names.hpp"
#include "televisit/sdk/authenticator.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::auth_jwt {

/// What a token must meet beside its signature.
struct TokenRules {
    Algorithm algorithm = Algorithm::hs256;
    std::size_t max_size = 8192;
    std::chrono::milliseconds leeway{30'000};
    std::string issuer{};    ///< empty: any
    std::string audience{};  ///< empty: any
    ClaimNames claim_names{};
    RoleNames roles{};
};

/// **Errors**: `unauthenticated` with `invalid_token`, `token_expired` or `token_not_yet_valid`.
Result<Claims> verify_parts(const JwtParts& parts, const TokenRules& rules, const KeyList& keys, Instant now);

/// Splits, fetches keys, verifies. **Errors**: as above, and whatever the key source says.
Result<Claims> verify_token(std::string_view token, const TokenRules& rules, KeySource& keys, Instant now,
                            const CallContext& context);

}  // namespace televisit::auth_jwt
