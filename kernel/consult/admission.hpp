#pragma once
/// From an appointment to a seat: the window, the join, the entrance.

#include "consult/access.hpp"
#include "consult/parts.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

class Admissions {
  public:
    explicit Admissions(Parts& parts) : parts_(parts) {}

    Result<JoinGrant> join(const Identity& caller, const JoinRequest& request, const CallContext& context) const;
    Result<Entered> enter(const EnterRequest& request, const CallContext& context) const;
    Result<IceServers> ice_servers(const Identity& caller, const SessionId& id, const std::string& client_address,
                                   const CallContext& context) const;

  private:
    struct Issued {
        AttendeeRecord attendee;
        std::string access_token;
    };
    Result<AttendeeRecord> holder_of(const EnterRequest& request, const CallContext& context) const;
    Result<void> check_open(const SessionRecord& session) const;
    Result<void> check_invitation(const AttendeeRecord& attendee, const CallContext& context) const;
    Result<void> check_still_welcome(const SessionRecord& session, const AttendeeRecord& attendee,
                                     const CallContext& context) const;
    Result<Issued> issue(const SessionRecord& session, const Identity& caller, Role role, const JoinRequest& request,
                         const CallContext& context) const;
    AttendeeRecord new_attendee(const SessionRecord& session, const Identity& caller, Role role) const;
    Result<IceServers> ice(const SessionRecord& session, const AttendeeId& attendee, const std::string& client_address,
                           const CallContext& context) const;

    Parts& parts_;
};

}  // namespace televisit::consult
