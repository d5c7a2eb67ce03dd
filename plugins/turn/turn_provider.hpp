#pragma once
/// The plugin: answers an attendee's browser with the servers and credentials it may use.

#include <chrono>
#include <string>
#include <unordered_map>

#include "prober.hpp"
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

  private:
    std::chrono::seconds ttl_for(const IceRequest& request) const;
    IceServer answer_of(const TurnServer& server, const ServerCondition& condition, const AttendeeId& attendee,
                        std::chrono::seconds ttl) const;
    std::vector<ServerCondition> conditions() const;
    TurnCredentials credentials_of(const TurnServer& server, const AttendeeId& attendee,
                                   std::chrono::seconds ttl) const;

    Host& host_;
    const Settings settings_;
    const AttendeeId probe_user_;  ///< of this run alone: coturn has a quota for each user
    ServerHealth health_;
    Prober prober_;
    std::unordered_map<std::string, Counter*> issued_;  ///< by server; filled once
};

}  // namespace televisit::turn
