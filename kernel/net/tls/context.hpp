#pragma once
/// How the server speaks TLS: versions, ciphers, tickets, ALPN.

#include <cstdint>
#include <memory>

#include "net/tls/identity.hpp"

namespace televisit::net::tls {

enum class Version : std::uint8_t { tls_1_2, tls_1_3 };

/// A set of rules with one identity, from which connections are made. TLS 1.2 and 1.3 with forward secrecy and
/// authenticated encryption only, in the server's order of preference; no renegotiation, no compression, no early data.
/// Sessions are resumed by tickets alone: nothing is kept for a client that has gone, and the keys of the tickets go
/// with the context. Of protocols named by ALPN only http/1.1 is spoken; who names others alone is refused.
///
/// **Threads**: any. **Source**: RFC 8446, RFC 7301, RFC 9325; Mozilla's "intermediate" profile, without finite-field
/// Diffie-Hellman.
class Context {
  public:
    /// **Errors**: `invalid`, as `read_identity`: what the library does not accept, such as a key that is too short.
    static Result<std::shared_ptr<const Context>> make(const Identity& identity, Version least);

    /// A new connection's state, as server. **Errors**: null when there is no memory.
    Owned<SSL> connection() const;

  private:
    explicit Context(Owned<SSL_CTX> context) : context_(std::move(context)) {}
    const Owned<SSL_CTX> context_;
};

}  // namespace televisit::net::tls
