#pragma once
/// Checks the hospital's own credentials (JWT). Invitations and access tokens are the kernel's.

#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// What a good credential says.
struct Claims {
    UserId user;
    Role role = Role::guest;
    std::string display_name{};
    std::optional<Instant> expires_at{};
};

/// **Threads**: any worker, concurrently. **Blocks**: to `context.deadline` (a key server may be asked).
/// **Errors**: `unauthenticated` for whatever is wrong with the credential (`detail` says what, without quoting it);
/// `unavailable` when keys cannot be had.
class Authenticator {
  public:
    static constexpr std::string_view kCapability = "televisit.authenticator/1";
    virtual ~Authenticator() = default;
    virtual Result<Claims> authenticate(std::string_view credential, const CallContext& context) = 0;
};

}  // namespace televisit
