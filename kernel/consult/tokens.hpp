#pragma once
/// Bearer secrets: how they are made, and what is kept of them. No token has a dot, so none is mistaken for a JWT.

#include <cstdint>
#include <string>
#include <string_view>

#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::consult {

/// **Threads**: any.
class Tokens {
  public:
    Tokens(Secrets& secrets, std::string key) : secrets_(secrets), key_(std::move(key)) {}

    /// The doctor's or the patient's way in. The same session, role and generation give the same token, so that it can
    /// be printed again though only its hash is kept.
    std::string invitation(const SessionId& session, Role role, std::int32_t generation) const;
    /// 256 random bits.
    std::string random() const;
    TokenHash hash(std::string_view token) const;
    /// What is kept in the place of an access token that opens no room any more: of a token that nobody has.
    TokenHash voided(const AttendeeId& attendee) const;
    /// `<role>_<user>_<random>`, of characters that need no escaping anywhere.
    PeerId peer_id(Role role, const UserId& user) const;

  private:
    Secrets& secrets_;
    std::string key_;
};

}  // namespace televisit::consult
