#pragma once
/// The opening handshake of RFC 6455 section 4.2, the server's part.

#include <string>
#include <string_view>

#include "net/http_fault.hpp"
#include "net/http_head.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

/// Whether an upgrade request may be answered with 101: GET, version 13, one proper key. A wrong version is 426.
HttpFault check_handshake(const HttpHead& head, const HttpRequest& request);

/// The Sec-WebSocket-Accept that answers a key.
std::string accept_key(std::string_view key);

/// The first of the subprotocols that the client offers; empty when it offers none. Browsers take no connection for
/// which they offered some and were told none.
std::string_view subprotocol(const HttpRequest& request) noexcept;

/// Whether `origin` names the host under which the request came: a page of this very server.
bool same_host(std::string_view origin, std::string_view request_origin) noexcept;

}  // namespace televisit::net
