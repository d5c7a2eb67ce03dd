#pragma once
/// The kernel's domain as plugins see it.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "loader/http_proxy.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::loader {

/// What all plugins' proxies share: the domain, once there is one. **Threads**: any.
class ConsultationsSlot {
  public:
    void set(Consultations* domain) noexcept { domain_.store(domain, std::memory_order_release); }
    Consultations* get() const noexcept { return domain_.load(std::memory_order_acquire); }

  private:
    std::atomic<Consultations*> domain_{nullptr};
};

class GuardedRoomListener;

/// One plugin's. Before the domain has started, and after it has stopped, everything is `unavailable`.
class ConsultationsProxy final : public Consultations {
  public:
    ConsultationsProxy(const ConsultationsSlot& slot, PluginBorder& border);
    ~ConsultationsProxy() override;

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
    template <class Function>
    auto ask(Function&& function) -> decltype(function(std::declval<Consultations&>()));

    const ConsultationsSlot& slot_;
    PluginBorder& border_;
    std::mutex mutex_;
    std::unique_ptr<GuardedRoomListener> listener_;               // guarded by mutex_
    std::vector<std::unique_ptr<GuardedRoomListener>> detached_;  // guarded by mutex_
};

}  // namespace televisit::loader
