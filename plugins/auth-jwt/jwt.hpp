#pragma once
/// A JSON Web Token taken apart: what it says, not whether that is true. Source: RFC 7515, RFC 7519.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::auth_jwt {

struct JoseHeader {
    std::string alg;
    std::string kid{};
};

/// The claims this server looks at. **Units**: seconds since 1970.
struct JwtClaims {
    std::string sub;
    double exp = 0;
    std::optional<double> nbf{};
    std::optional<std::string> iss{};
    std::vector<std::string> aud{};
    std::string role;
    std::string name{};
};

/// What the claims of a role and of a name are called.
struct ClaimNames {
    std::string role = "role";
    std::string name = "name";
};

/// The three parts of a compact token. Views point into the token.
struct JwtParts {
    JoseHeader header;
    std::string_view signed_text;  ///< header and payload as they came: what the signature is over
    std::string signature;         ///< bytes
    std::string payload;           ///< JSON text, unread until the signature has been checked
};

/// The one failure there is; `why` goes to the log and never quotes the token.
Error bad_token(std::string_view why);

/// Splits a token and reads its header. **Errors**: `unauthenticated` for more than `max_size` bytes, other than
/// exactly three parts, bad base64url or JSON, names that come twice, a missing `alg`, any `crit`, a `typ` that is none
/// of an access token.
Result<JwtParts> split_token(std::string_view token, std::size_t max_size);

/// Reads the payload. **Errors**: `unauthenticated` for bad JSON, names that come twice, a missing `sub`, `exp` or
/// role, and claims of another type than RFC 7519 gives them.
Result<JwtClaims> read_claims(std::string_view payload, const ClaimNames& names);

}  // namespace televisit::auth_jwt
