#pragma once
/// STUN and TURN servers for an attendee's RTCPeerConnection. Source: W3C WebRTC "RTCIceServer".

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

struct IceServer {
    std::vector<std::string> urls;
    std::string username{};    ///< empty for STUN
    std::string credential{};  ///< empty for STUN
};

struct IceServers {
    std::vector<IceServer> servers;  ///< best first; may be empty
    std::chrono::seconds ttl{0};     ///< how long the credentials are good; 0: they do not expire
};

struct IceRequest {
    AttendeeId attendee;                 ///< becomes part of the credential; says nothing about the person
    std::string client_address{};        ///< where the request came from, to choose servers near it
    std::chrono::seconds wanted_ttl{0};  ///< to the end of the visit's window
};

/// **Threads**: any worker, concurrently. **Blocks**: to the deadline; answers from memory where it can.
class IceProvider {
  public:
    static constexpr std::string_view kCapability = "televisit.ice/1";
    virtual ~IceProvider() = default;
    virtual Result<IceServers> ice_servers(const IceRequest& request, const CallContext& context) = 0;
};

}  // namespace televisit
