#include "loader/service_proxies.hpp"

namespace televisit::loader {

BackplaneProxy::BackplaneProxy(Backplane& backplane, PortCaller caller, MetricRegistry& registry)
    : backplane_(backplane),
      caller_(caller),
      publish_(registry, "backplane", "publish", caller_.guard().plugin()),
      subscribe_(registry, "backplane", "subscribe", caller_.guard().plugin()),
      unsubscribe_(registry, "backplane", "unsubscribe", caller_.guard().plugin()) {}

void BackplaneProxy::set_listener(BackplaneListener* listener) {
    {
        const std::lock_guard lock(mutex_);
        if (listener && has_listener_) {
            caller_.guard().logger().error("second listener of the backplane refused");
            return;
        }
        has_listener_ = listener != nullptr;
    }
    caller_.guard().run("backplane.set_listener", [&] { backplane_.set_listener(listener); });
}

Result<void> BackplaneProxy::publish(BackplaneMessage message) {
    return caller_.direct<void>(publish_, [&] { return backplane_.publish(std::move(message)); });
}

Result<void> BackplaneProxy::subscribe(const RoomId& room, const CallContext& context) {
    return caller_.call<void>(subscribe_, context, [&backplane = backplane_, room](const CallContext& call) {
        return backplane.subscribe(room, call);
    });
}

Result<void> BackplaneProxy::unsubscribe(const RoomId& room, const CallContext& context) {
    return caller_.call<void>(unsubscribe_, context, [&backplane = backplane_, room](const CallContext& call) {
        return backplane.unsubscribe(room, call);
    });
}

AuthenticatorProxy::AuthenticatorProxy(Authenticator& authenticator, PortCaller caller, MetricRegistry& registry)
    : authenticator_(authenticator),
      caller_(caller),
      authenticate_(registry, "authenticator", "authenticate", caller_.guard().plugin()) {}

Result<Claims> AuthenticatorProxy::authenticate(std::string_view credential, const CallContext& context) {
    return caller_.call<Claims>(authenticate_, context,
                                [&authenticator = authenticator_, owned = std::string(credential)](
                                    const CallContext& call) { return authenticator.authenticate(owned, call); });
}

IceProviderProxy::IceProviderProxy(IceProvider& provider, PortCaller caller, MetricRegistry& registry)
    : provider_(provider), caller_(caller), ice_servers_(registry, "ice", "ice_servers", caller_.guard().plugin()) {}

Result<IceServers> IceProviderProxy::ice_servers(const IceRequest& request, const CallContext& context) {
    return caller_.call<IceServers>(ice_servers_, context, [&provider = provider_, request](const CallContext& call) {
        return provider.ice_servers(request, call);
    });
}

void IceProviderProxy::set_listener(IceListener* listener) {
    caller_.guard().run("ice.set_listener", [&] { provider_.set_listener(listener); });
}

AdmissionPolicyProxy::AdmissionPolicyProxy(AdmissionPolicy& policy, PortCaller caller, MetricRegistry& registry)
    : policy_(policy), caller_(caller), admit_(registry, "admission", "admit", caller_.guard().plugin()) {}

Result<Admission> AdmissionPolicyProxy::admit(const AdmissionRequest& request, const CallContext& context) {
    return caller_.call<Admission>(
        admit_, context, [&policy = policy_, request](const CallContext& call) { return policy.admit(request, call); });
}

}  // namespace televisit::loader
