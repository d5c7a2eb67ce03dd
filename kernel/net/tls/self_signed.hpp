#pragma once
/// Certificates that a server makes for itself, to be tried with: no browser trusts them by itself.

#include <string>
#include <vector>

#include "net/tls/openssl.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net::tls {

/// In PEM form.
struct SelfSigned {
    std::string certificate;
    std::string key;
};

/// ECDSA on P-256.
Owned<EVP_PKEY> make_key();

/// A certificate for `hosts`, which are DNS names (the first label may be `*`) and IP addresses, and `key` with it.
/// **Errors**: `invalid`, naming what is no host; `internal` when the library fails.
Result<SelfSigned> self_signed(EVP_PKEY& key, const std::vector<std::string>& hosts, Instant from, Instant until);

}  // namespace televisit::net::tls
