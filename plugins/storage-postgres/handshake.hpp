#pragma once
/// Why PostgreSQL did not let the server in, as far as libpq and OpenSSL tell.

#include <memory>

#include "reply.hpp"

struct pg_conn;
struct ssl_st;

namespace televisit::storage_postgres {

/// The server's certificate has expired, or is not valid yet.
inline constexpr char kExpired[] = "tls-expired";
/// Nobody who is trusted has signed it.
inline constexpr char kUnknownIssuer[] = "tls-issuer";
/// It is another host's.
inline constexpr char kOtherHost[] = "tls-host";
/// The file of those who are trusted cannot be read.
inline constexpr char kNoRoot[] = "tls-root";
/// The server speaks no TLS.
inline constexpr char kPlainOnly[] = "tls-none";

/// libpq says of a certificate only that it does not hold. So its TLS session is kept, and asked for the reason
/// afterwards.
class HandshakeWitness {
  public:
    /// Between two steps of the handshake.
    void look(pg_conn* handle);
    /// After it has failed: an SQLSTATE, or one of the above.
    SqlState reason(pg_conn* handle) const;

  private:
    struct Release {
        void operator()(ssl_st* session) const noexcept;
    };
    std::unique_ptr<ssl_st, Release> session_;
};

}  // namespace televisit::storage_postgres
