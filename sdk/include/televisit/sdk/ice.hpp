#pragma once
/// STUN and TURN servers for an attendee's RTCPeerConnection. Source: W3C WebRTC "RTCIceServer".

#include <chrono>
#include <cstdint>
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
    /// When whoever is in a room with them is to get others; 0: never. Each list has its own moment, so that not all
    /// come at once.
    std::chrono::seconds refresh_after{0};
    /// Which of the provider's servers are in the list, a bit each: what `IceListener::servers_lost` is told. Several
    /// servers may share a bit.
    std::uint64_t marks = 0;
};

enum class IceOccasion : std::uint8_t {
    asked,    ///< a join, or a client that wants another list
    refresh,  ///< to be pushed to somebody in a room
};

struct IceRequest {
    AttendeeId attendee;                 ///< becomes part of the credential; says nothing about the person
    std::string client_address{};        ///< where the request came from, to choose servers near it
    std::chrono::seconds wanted_ttl{0};  ///< to the end of the visit's window
    IceOccasion occasion = IceOccasion::asked;
};

/// Hears of servers that whoever has them in a list can use no more. **Threads**: any. **Blocks**: never.
class IceListener {
  public:
    virtual ~IceListener() = default;
    /// Those with a list that has one of these marks get a new list at once.
    virtual void servers_lost(std::uint64_t marks) = 0;
};

/// **Threads**: any worker, concurrently. **Blocks**: to the deadline; answers from memory where it can.
class IceProvider {
  public:
    static constexpr std::string_view kCapability = "televisit.ice/1";
    virtual ~IceProvider() = default;
    virtual Result<IceServers> ice_servers(const IceRequest& request, const CallContext& context) = 0;
    /// The kernel, from after `start`; cleared with nullptr, after which it is not called any more. **Blocks**: until
    /// calls under way are back.
    virtual void set_listener(IceListener*) {}
};

}  // namespace televisit
