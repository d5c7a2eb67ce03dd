#pragma once
/// The plugin: answers an attendee's browser with the servers and credentials it may use.

#include <chrono>
#include <string>
#include <unordered_map>

#include "settings.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::turn {

/// Answers from memory. **Threads**: any, concurrently.
class TurnProvider final : public Plugin, public IceProvider {
  public:
    /// **Errors**: throws `std::invalid_argument` for a configuration that cannot work, with its places in the file.
    explicit TurnProvider(Host& host);

    ProvidedPorts ports() override;
    Result<void> start(const CallContext& context) override;
    void stop(const CallContext&) override {}

    Result<IceServers> ice_servers(const IceRequest& request, const CallContext& context) override;

  private:
    std::chrono::seconds ttl_for(const IceRequest& request) const;
    IceServer answer_of(const TurnServer& server, const AttendeeId& attendee, std::chrono::seconds ttl) const;

    Host& host_;
    Settings settings_;
    std::unordered_map<std::string, Counter*> issued_;  ///< by server; filled once
};

}  // namespace televisit::turn
