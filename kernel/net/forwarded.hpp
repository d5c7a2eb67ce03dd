#pragma once
/// Who the client is and under which address it reached us, as far as trusted proxies tell.

#include <string>
#include <string_view>

#include "net/address.hpp"
#include "net/connection.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

struct Forwarded {
    std::string address;  ///< the client's, without a port
    std::string origin;   ///< `scheme://host[:port]`; empty when no host was named (HTTP/1.0)
    bool secure = false;  ///< the scheme is https
};

/// X-Forwarded-For, -Proto and -Host count only when the peer itself is trusted. Of several values of -Proto or -Host
/// the last one counts: the one that the nearest proxy wrote.
Forwarded forwarded(const Peer& peer, std::string_view host, const HttpRequest& request, const TrustedProxies& proxies);

/// Whether an X-Request-Id that came with a request may be used: 1 to 64 letters, digits, dots, dashes, underscores.
bool sane_request_id(std::string_view id) noexcept;

}  // namespace televisit::net
