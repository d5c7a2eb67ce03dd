#pragma once
/// TLS on a connection to a server.

#include <Poco/Net/StreamSocket.h>

#include <string>

namespace televisit::ctl {

/// Whom to believe. Neither: the certificates that this system trusts, and the server's name.
struct Trust {
    std::string ca_file{};  ///< PEM; these instead of the system's
    std::string exactly{};  ///< PEM; this very certificate, under whatever name the server was reached
};

/// **Blocks**: for the handshake. **Errors**: throws Poco::Exception when the server cannot be believed.
Poco::Net::StreamSocket secured(Poco::Net::StreamSocket& socket, const std::string& host, const Trust& trust);

}  // namespace televisit::ctl
