#pragma once
/// Which role a login's word for it stands for.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "televisit/sdk/people.hpp"

namespace televisit::auth_jwt {

/// Our own names always count, in upper or lower case; further ones come from the configuration. **Threads**:
/// read-only.
class RoleNames {
  public:
    RoleNames() = default;
    /// Further names. One that is already ours, or that comes twice, throws `std::invalid_argument`.
    explicit RoleNames(std::vector<std::pair<std::string, Role>> further);

    std::optional<Role> role_of(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, Role>> further_;  ///< names in upper case
};

}  // namespace televisit::auth_jwt
