#pragma once
/// Where clients find the signaling. Source: docs/protocol.md "Join".

#include <string>
#include <string_view>

namespace televisit::consult {

/// `<public origin>/socket.io`: from the configuration, else from the request.
inline std::string signaling_url(std::string_view configured, std::string_view of_request) {
    auto origin = configured.empty() ? of_request : configured;
    while (origin.ends_with('/')) origin.remove_suffix(1);
    return std::string(origin) + "/socket.io";
}

}  // namespace televisit::consult
