#pragma once
/// TLS as a browser would speak it to a TURN server: the certificate has to be good for the name in the URL.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "probe_fault.hpp"

namespace televisit::turn {

/// **Threads**: any.
class TlsClient {
  public:
    /// Trusts the system's authorities, or those of that PEM file. **Blocks**: for the disk. **Errors**: throws
    /// `std::runtime_error` for a file that cannot be read.
    explicit TlsClient(const std::string& ca_file);

    struct Free {
        void operator()(SSL* object) const noexcept { SSL_free(object); }
        void operator()(SSL_CTX* object) const noexcept { SSL_CTX_free(object); }
    };
    using Session = std::unique_ptr<SSL, Free>;
    /// For a connected socket, which stays the caller's.
    Session session(int socket, const std::string& host) const;

  private:
    std::unique_ptr<SSL_CTX, Free> context_;
};

/// Why a handshake has failed.
ProbeFault tls_fault(const SSL& session) noexcept;

}  // namespace televisit::turn
