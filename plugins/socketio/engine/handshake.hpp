#pragma once
/// What a client must ask for to be let in, and what it is told: Engine.IO's handshake without any state.
/// Source: https://socket.io/docs/v4/engine-io-protocol/ "Handshake"; codes and messages of the reference server.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/settings.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::socketio {

/// The reference's numbers.
enum class HandshakeFault : std::uint8_t {
    transport_unknown = 0,
    session_unknown = 1,
    bad_method = 2,
    bad_request = 3,
    forbidden = 4,
    unsupported_version = 5,
};

std::string_view message_of(HandshakeFault fault) noexcept;

/// `{"code":n,"message":"…"}` with status 400, or 403 for `forbidden`.
HttpResponse fault_response(HandshakeFault fault);

enum class TransportName : std::uint8_t { polling, websocket };

struct HandshakeQuery {
    TransportName transport = TransportName::polling;
    std::string_view sid;      ///< empty: a new session is wanted
    bool fits_session = true;  ///< its version, method and transport are those of a request to an existing one
    bool base64 = false;       ///< binary messages are to be sent as texts, on a WebSocket too
};

/// How a request arrived.
enum class Arrival : std::uint8_t { http, upgrade };

/// Views live as long as `request`.
std::variant<HandshakeQuery, HandshakeFault> read_query(const HttpRequest& request, Arrival arrival);

/// The packet that opens a session.
std::string open_packet(std::string_view sid, TransportName transport, const EngineSettings& settings);

}  // namespace televisit::socketio
