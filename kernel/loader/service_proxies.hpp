#pragma once
/// Host proxies of the other ports that the domain uses.

#include <mutex>

#include "loader/port_caller.hpp"
#include "televisit/sdk/admission.hpp"
#include "televisit/sdk/authenticator.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/ice.hpp"

namespace televisit::loader {

/// `publish` and `set_listener` never block for long, and go straight to the provider; the rest goes to its pool.
class BackplaneProxy final : public Backplane {
  public:
    BackplaneProxy(Backplane& backplane, PortCaller caller, MetricRegistry& registry);

    /// The kernel is the one listener: another is refused, which is logged.
    void set_listener(BackplaneListener* listener) override;
    Result<void> publish(BackplaneMessage message) override;
    Result<void> subscribe(const RoomId& room, const CallContext& context) override;
    Result<void> unsubscribe(const RoomId& room, const CallContext& context) override;

  private:
    Backplane& backplane_;
    const PortCaller caller_;
    const PortMethod publish_, subscribe_, unsubscribe_;
    std::mutex mutex_;
    bool has_listener_ = false;  // guarded by mutex_
};

class AuthenticatorProxy final : public Authenticator {
  public:
    AuthenticatorProxy(Authenticator& authenticator, PortCaller caller, MetricRegistry& registry);
    Result<Claims> authenticate(std::string_view credential, const CallContext& context) override;

  private:
    Authenticator& authenticator_;
    const PortCaller caller_;
    const PortMethod authenticate_;
};

class IceProviderProxy final : public IceProvider {
  public:
    IceProviderProxy(IceProvider& provider, PortCaller caller, MetricRegistry& registry);
    Result<IceServers> ice_servers(const IceRequest& request, const CallContext& context) override;
    void set_listener(IceListener* listener) override;

  private:
    IceProvider& provider_;
    const PortCaller caller_;
    const PortMethod ice_servers_;
};

class AdmissionPolicyProxy final : public AdmissionPolicy {
  public:
    AdmissionPolicyProxy(AdmissionPolicy& policy, PortCaller caller, MetricRegistry& registry);
    Result<Admission> admit(const AdmissionRequest& request, const CallContext& context) override;

  private:
    AdmissionPolicy& policy_;
    const PortCaller caller_;
    const PortMethod admit_;
};

}  // namespace televisit::loader
