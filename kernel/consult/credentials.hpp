#pragma once
/// Who presents a bearer credential.

#include "consult/parts.hpp"
#include "televisit/sdk/people.hpp"

namespace televisit::consult {

class Credentials {
  public:
    explicit Credentials(const Parts& parts) : parts_(parts) {}

    Result<Identity> identify(std::string_view bearer, const CallContext& context) const;

  private:
    Result<Identity> account(std::string_view jwt, const CallContext& context) const;
    Result<Identity> holder(std::string_view token, const CallContext& context) const;
    Result<Identity> invited(const InvitationRecord& invitation) const;

    const Parts& parts_;
};

}  // namespace televisit::consult
