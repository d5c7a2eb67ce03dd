#pragma once
/// The plugin: answers an attendee's browser with the servers and credentials it may use.

#include <chrono>
#include <string>
#include <vector>

#include "listener_slot.hpp"
#include "prober.hpp"
#include "secret_book.hpp"
#include "server_health.hpp"
#include "settings.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::turn {

/// Answers from memory; probes the servers meanwhile. **Threads**: any, concurrently.
class TurnProvider final : public Plugin, public IceProvider {
  public:
    /// **Errors**: throws `std::invalid_argument` for a configuration that cannot work, with its places in the file.
    explicit TurnProvider(Host& host);

    ProvidedPorts ports() override;
    Result<void> start(const CallContext& context) override;
    void stop(const CallContext& context) override;

    Result<IceServers> ice_servers(const IceRequest& request, const CallContext& context) override;
    void set_listener(IceListener* listener) override { listener_.set(listener); }

  private:
    std::chrono::seconds ttl_for(const IceRequest& request) const;
    std::chrono::seconds refresh_after(std::chrono::seconds ttl) const;
    IceServer answer_of(const TurnServer& server, const ServerCondition& condition, const AttendeeId& attendee,
                        std::chrono::seconds ttl) const;
    std::vector<ServerCondition> conditions() const;
    /// Reads the rotation's secrets now and when they change.
    Result<void> follow_rotation();
    TurnCredentials credentials_of(const TurnServer& server, const AttendeeId& attendee,
                                   std::chrono::seconds ttl) const;

    Host& host_;
    const Settings settings_;
    const AttendeeId probe_user_;  ///< of this run alone: coturn has a quota for each user
    ServerHealth health_;
    ListenerSlot listener_;
    SecretBook book_;
    std::string unread_{};  ///< why the secrets were not read the last time; for the task that reads them alone
    Prober prober_;
    struct Counters {
        Counter& issued;
        Counter& refreshed;
    };
    std::vector<Counters> counters_;  ///< of each server
};

}  // namespace televisit::turn
