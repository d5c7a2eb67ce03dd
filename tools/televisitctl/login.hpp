#pragma once
/// Tokens that the configured server will accept.

#include <chrono>
#include <string>

#include "configuration.hpp"

namespace televisit::ctl {

/// A token for that person, signed as the configured `auth-jwt` expects it. **Errors**: `invalid` when the server takes
/// its people from elsewhere, or checks tokens with a key that is not here.
Result<std::string> token_for(const Configuration& configuration, const std::string& subject, const std::string& role,
                              std::chrono::seconds lifetime);

}  // namespace televisit::ctl
