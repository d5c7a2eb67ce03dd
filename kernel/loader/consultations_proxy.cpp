#include "loader/consultations_proxy.hpp"

#include "loader/guarded_room_listener.hpp"

namespace televisit::loader {

ConsultationsProxy::ConsultationsProxy(const ConsultationsSlot& slot, PluginBorder& border)
    : slot_(slot), border_(border) {}

ConsultationsProxy::~ConsultationsProxy() = default;

template <class Function>
auto ConsultationsProxy::ask(Function&& function) -> decltype(function(std::declval<Consultations&>())) {
    Consultations* const domain = slot_.get();
    if (!domain) return error(Errc::unavailable, "The server is starting or stopping. Please try again.");
    return function(*domain);
}

Result<Identity> ConsultationsProxy::identify(const PresentedCredential& credential, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.identify(credential, context); });
}

Result<CreatedSession> ConsultationsProxy::create(const Identity& caller, const SessionDraft& draft,
                                                  const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.create(caller, draft, context); });
}

Result<SessionRecord> ConsultationsProxy::get(const Identity& caller, const SessionId& id, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.get(caller, id, context); });
}

Result<std::vector<SessionRecord>> ConsultationsProxy::list(const Identity& caller, const SessionFilter& filter,
                                                            const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.list(caller, filter, context); });
}

Result<SessionRecord> ConsultationsProxy::reschedule(const Identity& caller, const SessionId& id, Version expected,
                                                     const SessionPatch& patch, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.reschedule(caller, id, expected, patch, context); });
}

Result<SessionRecord> ConsultationsProxy::cancel(const Identity& caller, const SessionId& id,
                                                 const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.cancel(caller, id, context); });
}

Result<JoinGrant> ConsultationsProxy::join(const Identity& caller, const JoinRequest& request,
                                           const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.join(caller, request, context); });
}

Result<void> ConsultationsProxy::leave(const Identity& caller, const SessionId& id, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.leave(caller, id, context); });
}

Result<SessionRecord> ConsultationsProxy::end(const Identity& caller, const SessionId& id, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.end(caller, id, context); });
}

Result<IceServers> ConsultationsProxy::ice_servers(const Identity& caller, const SessionId& id,
                                                   const std::string& client_address, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.ice_servers(caller, id, client_address, context); });
}

Result<CreatedInvitation> ConsultationsProxy::invite(const Identity& caller, const SessionId& id,
                                                     const InvitationDraft& draft, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.invite(caller, id, draft, context); });
}

Result<void> ConsultationsProxy::revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                                        const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.revoke(caller, id, invitation, context); });
}

Result<std::vector<AttendeeRecord>> ConsultationsProxy::attendees(const Identity& caller, const SessionId& id,
                                                                  const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.attendees(caller, id, context); });
}

Result<MetricsRecord> ConsultationsProxy::metrics(const Identity& caller, const SessionId& id,
                                                  const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.metrics(caller, id, context); });
}

Result<void> ConsultationsProxy::add_quality(const Identity& caller, const SessionId& id, std::string sample,
                                             const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.add_quality(caller, id, std::move(sample), context); });
}

Result<Entered> ConsultationsProxy::enter(const EnterRequest& request, const CallContext& context) {
    return ask([&](Consultations& domain) { return domain.enter(request, context); });
}

std::chrono::milliseconds ConsultationsProxy::grace() const {
    const Consultations* const domain = slot_.get();
    return domain ? domain->grace() : std::chrono::milliseconds{0};
}

Result<void> ConsultationsProxy::attach(RoomListener& listener) {
    auto guarded = std::make_unique<GuardedRoomListener>(listener, border_);
    GuardedRoomListener& attached = *guarded;
    auto result = ask([&](Consultations& domain) { return domain.attach(attached); });
    if (!result) return result;
    const std::lock_guard lock(mutex_);
    listener_ = std::move(guarded);
    return result;
}

void ConsultationsProxy::detach(RoomListener& listener) {
    GuardedRoomListener* attached = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!listener_ || &listener_->guarded() != &listener) return;
        attached = listener_.get();
        detached_.push_back(std::move(listener_));
    }
    if (Consultations* const domain = slot_.get()) domain->detach(*attached);
}

}  // namespace televisit::loader
