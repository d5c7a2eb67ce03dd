#pragma once
/// Who presents a bearer credential.

#include "consult/parts.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

class Credentials {
  public:
    explicit Credentials(Parts& parts) : parts_(parts) {}

    Result<Identity> identify(const PresentedCredential& credential, const CallContext& context) const;

  private:
    Result<Identity> account(std::string_view jwt, const CallContext& context) const;
    Result<Identity> holder(std::string_view token, const CallContext& context) const;
    Result<Identity> seated(const AttendeeRecord& attendee, const CallContext& context) const;
    Result<Identity> invited(const InvitationRecord& invitation) const;

    Parts& parts_;
};

}  // namespace televisit::consult
