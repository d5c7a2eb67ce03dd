#pragma once
/// Why an engine session ended.

#include <array>
#include <cstdint>
#include <string_view>

namespace televisit::socketio {

enum class CloseCause : std::uint8_t {
    transport_close,  ///< the client closed, or its connection was lost
    transport_error,  ///< it broke the rules of the transport, e.g. polled twice at once
    parse_error,      ///< it sent what cannot be read
    ping_timeout,     ///< it did not answer the heartbeat
    slow_reader,      ///< it left too much unread
    flood,            ///< it sent more than it may
    server_close,     ///< the server's own decision
    shutdown,         ///< the server is going away
};

inline constexpr std::array kCloseCauses{
    CloseCause::transport_close, CloseCause::transport_error, CloseCause::parse_error,  CloseCause::ping_timeout,
    CloseCause::slow_reader,     CloseCause::flood,           CloseCause::server_close, CloseCause::shutdown};

constexpr std::string_view to_string(CloseCause cause) noexcept {
    constexpr std::array<std::string_view, kCloseCauses.size()> kNames{
        "transport_close", "transport_error", "parse_error",  "ping_timeout",
        "slow_reader",     "flood",           "server_close", "shutdown"};
    return kNames[static_cast<std::size_t>(cause)];
}

/// The WebSocket close code (RFC 6455 section 7.4) that goes with it.
constexpr std::uint16_t close_code(CloseCause cause) noexcept {
    switch (cause) {
        case CloseCause::transport_error:
        case CloseCause::parse_error:
            return 1002;
        case CloseCause::shutdown:
            return 1001;
        case CloseCause::slow_reader:
        case CloseCause::flood:
            return 1008;
        default:
            return 1000;
    }
}

}  // namespace televisit::socketio
