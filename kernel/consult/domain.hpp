#pragma once
/// The consultation: its rules behind one service, without any I/O of its own.
///
/// **Lifecycle**: construct once the ports are known; `start` when the plugins that provide them have started and
/// before clients are let in; `stop` before those plugins are stopped. Source: docs/protocol.md.

#include <memory>

#include "consult/operations.hpp"
#include "consult/ports.hpp"
#include "consult/reach.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

struct Parts;

class Domain final : public Consultations {
  public:
    Domain(Ports ports, Settings settings);
    ~Domain() override;
    Domain(const Domain&) = delete;
    Domain& operator=(const Domain&) = delete;

    /// Listens to the backplane, takes this node's lease and starts the timers. **Errors**: `invalid` for settings that
    /// cannot be (an unknown time zone, a short secret), `unavailable` when a port is away.
    Result<void> start(const CallContext& context);
    /// Gives up local seats and the lease, and lets go of the ports: no task of the domain touches them afterwards.
    void stop(const CallContext& context);

    /// What it has to do without at the moment.
    std::shared_ptr<const Reach> reach() const;
    /// For the operator. Not after the domain's end.
    Operations operations() { return Operations(*parts_); }

    Result<Identity> identify(const PresentedCredential& credential, const CallContext& context) override;
    Result<CreatedSession> create(const Identity& caller, const SessionDraft& draft,
                                  const CallContext& context) override;
    Result<SessionRecord> get(const Identity& caller, const SessionId& id, const CallContext& context) override;
    Result<std::vector<SessionRecord>> list(const Identity& caller, const SessionFilter& filter,
                                            const CallContext& context) override;
    Result<SessionRecord> reschedule(const Identity& caller, const SessionId& id, Version expected,
                                     const SessionPatch& patch, const CallContext& context) override;
    Result<SessionRecord> cancel(const Identity& caller, const SessionId& id, const CallContext& context) override;
    Result<JoinGrant> join(const Identity& caller, const JoinRequest& request, const CallContext& context) override;
    Result<void> leave(const Identity& caller, const SessionId& id, const CallContext& context) override;
    Result<SessionRecord> end(const Identity& caller, const SessionId& id, const CallContext& context) override;
    Result<IceServers> ice_servers(const Identity& caller, const SessionId& id, const std::string& client_address,
                                   const CallContext& context) override;
    Result<CreatedInvitation> invite(const Identity& caller, const SessionId& id, const InvitationDraft& draft,
                                     const CallContext& context) override;
    Result<void> revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                        const CallContext& context) override;
    Result<std::vector<AttendeeRecord>> attendees(const Identity& caller, const SessionId& id,
                                                  const CallContext& context) override;
    Result<MetricsRecord> metrics(const Identity& caller, const SessionId& id, const CallContext& context) override;
    Result<void> add_quality(const Identity& caller, const SessionId& id, std::string sample,
                             const CallContext& context) override;
    Result<Entered> enter(const EnterRequest& request, const CallContext& context) override;
    std::chrono::milliseconds grace() const override;
    Result<void> attach(RoomListener& listener) override;
    void detach(RoomListener& listener) override;

  private:
    std::shared_ptr<Parts> parts_;  // shared with seats for the length of a call, whichever ends first
};

}  // namespace televisit::consult
