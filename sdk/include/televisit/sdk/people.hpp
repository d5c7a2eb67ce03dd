#pragma once
/// Who takes part in a consultation. Source: docs/protocol.md "JWT", "Join".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/ids.hpp"

namespace televisit {

enum class Role : std::uint8_t { doctor, patient, interpreter, guest, observer, admin };

/// The name on the wire, e.g. "DOCTOR".
constexpr std::string_view to_string(Role role) noexcept {
    switch (role) {
        case Role::doctor:
            return "DOCTOR";
        case Role::patient:
            return "PATIENT";
        case Role::interpreter:
            return "INTERPRETER";
        case Role::guest:
            return "GUEST";
        case Role::observer:
            return "OBSERVER";
        case Role::admin:
            return "ADMIN";
    }
    return "GUEST";
}

constexpr std::optional<Role> parse_role(std::string_view name) noexcept {
    for (auto role : {Role::doctor, Role::patient, Role::interpreter, Role::guest, Role::observer, Role::admin})
        if (name == to_string(role)) return role;
    return std::nullopt;
}

/// How a caller proved who they are.
enum class Credential : std::uint8_t {
    account,       ///< a JWT: a person known to the hospital
    invitation,    ///< an invitation token: one person, one consultation
    access_token,  ///< the token of a join: one attendee, one consultation
};

/// A caller whose credential has been checked.
struct Identity {
    UserId user;
    Role role = Role::guest;
    Credential via = Credential::account;
    SessionId session;        ///< the only consultation it is good for; empty for accounts
    InvitationId invitation;  ///< when invited otherwise than as the session's doctor or patient
    std::string display_name{};
};

}  // namespace televisit
