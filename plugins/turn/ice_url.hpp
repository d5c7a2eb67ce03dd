#pragma once
/// URLs of STUN and TURN servers. Source: RFC 7064, RFC 7065; W3C WebRTC "RTCIceServer" for what browsers refuse.

#include <cstdint>
#include <string>
#include <string_view>

#include "televisit/sdk/result.hpp"

namespace televisit::turn {

enum class IceScheme : std::uint8_t { stun, stuns, turn, turns };
enum class Transport : std::uint8_t { udp, tcp };

std::string_view to_string(IceScheme scheme) noexcept;

struct IceUrl {
    IceScheme scheme = IceScheme::stun;
    std::string host{};  ///< name or address; IPv6 without brackets
    std::uint16_t port = 0;
    Transport transport = Transport::udp;  ///< between the browser and the server
    std::string text{};                    ///< as browsers take it, with its scheme

    bool is_turn() const noexcept { return scheme == IceScheme::turn || scheme == IceScheme::turns; }
};

/// Reads one URL; text without a scheme gets `fallback`. **Errors**: `invalid`, the message says what is wrong in the
/// words of whoever wrote it.
Result<IceUrl> parse_ice_url(std::string_view text, IceScheme fallback);

}  // namespace televisit::turn
