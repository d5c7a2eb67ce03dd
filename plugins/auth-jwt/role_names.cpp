#include "role_names.hpp"

#include <algorithm>
#include <stdexcept>

namespace televisit::auth_jwt {

namespace {

std::string upper(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return copy;
}

}  // namespace

RoleNames::RoleNames(std::vector<std::pair<std::string, Role>> further) {
    for (auto& [name, role] : further) {
        if (role_of(name)) throw std::invalid_argument("the role name '" + name + "' is taken already");
        further_.emplace_back(upper(name), role);
    }
}

std::optional<Role> RoleNames::role_of(std::string_view name) const {
    const auto wanted = upper(name);
    if (const auto own = parse_role(wanted)) return own;
    const auto found =
        std::find_if(further_.begin(), further_.end(), [&](const auto& entry) { return entry.first == wanted; });
    if (found == further_.end()) return std::nullopt;
    return found->second;
}

}  // namespace televisit::auth_jwt
