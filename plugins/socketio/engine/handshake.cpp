#include "engine/handshake.hpp"

namespace televisit::socketio {

std::string_view message_of(HandshakeFault fault) noexcept {
    switch (fault) {
        case HandshakeFault::transport_unknown:
            return "Transport unknown";
        case HandshakeFault::session_unknown:
            return "Session ID unknown";
        case HandshakeFault::bad_method:
            return "Bad handshake method";
        case HandshakeFault::bad_request:
            return "Bad request";
        case HandshakeFault::forbidden:
            return "Forbidden";
        case HandshakeFault::unsupported_version:
            return "Unsupported protocol version";
    }
    return "Bad request";
}

HttpResponse fault_response(HandshakeFault fault) {
    HttpResponse response;
    response.status = fault == HandshakeFault::forbidden ? 403 : 400;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = "{\"code\":" + std::to_string(static_cast<int>(fault)) + ",\"message\":\"";
    response.body += message_of(fault);
    response.body += "\"}";
    return response;
}

std::variant<HandshakeQuery, HandshakeFault> read_query(const HttpRequest& request, Arrival arrival) {
    HandshakeQuery query;
    const std::string* const transport = request.query_value("transport");
    if (transport == nullptr) return HandshakeFault::transport_unknown;
    if (*transport == "websocket") {
        query.transport = TransportName::websocket;
    } else if (*transport != "polling") {
        return HandshakeFault::transport_unknown;
    }
    const std::string* const version = request.query_value("EIO");
    const bool known_version = version != nullptr && *version == "4";
    const bool right_way = (arrival == Arrival::upgrade) == (query.transport == TransportName::websocket);
    const std::string* const base64 = request.query_value("b64");
    query.base64 = base64 != nullptr && !base64->empty();
    if (const std::string* const sid = request.query_value("sid"); sid != nullptr && !sid->empty()) {
        const bool method = request.method == HttpMethod::get || request.method == HttpMethod::post;
        query.sid = *sid;
        query.fits_session = method && known_version && right_way;
        return query;
    }
    if (request.method != HttpMethod::get) return HandshakeFault::bad_method;
    if (!right_way) return HandshakeFault::bad_request;
    if (!known_version) return HandshakeFault::unsupported_version;
    return query;
}

std::string open_packet(std::string_view sid, TransportName transport, const EngineSettings& settings) {
    std::string packet = "0{\"sid\":\"";
    packet += sid;
    packet += "\",\"upgrades\":[";
    if (transport == TransportName::polling) packet += "\"websocket\"";
    packet += "],\"pingInterval\":" + std::to_string(settings.ping_interval.count());
    packet += ",\"pingTimeout\":" + std::to_string(settings.ping_timeout.count());
    packet += ",\"maxPayload\":" + std::to_string(settings.max_payload) + "}";
    return packet;
}

}  // namespace televisit::socketio
