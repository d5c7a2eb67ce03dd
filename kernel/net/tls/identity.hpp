#pragma once
/// A certificate with its chain and key, from two PEM files.

#include <filesystem>
#include <string>
#include <vector>

#include "net/tls/openssl.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net::tls {

struct Files {
    std::filesystem::path certificate;  ///< the server's own first, then those between it and its root
    std::filesystem::path key;          ///< without a passphrase; nobody but owner and group may read it
};

/// What a file is known by until it changes, symbolic links followed: device, inode, size, times. Empty when there is
/// none.
struct Stamp {
    std::vector<std::int64_t> parts;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// Of both files. **Blocks**: for the disk.
Stamp stamp_of(const Files& files);

/// **Threads**: read-only; any.
struct Identity {
    Owned<X509> certificate;
    std::vector<Owned<X509>> chain;
    Owned<EVP_PKEY> key;
    Instant not_after;
};

/// Names of failures: which of the two files it is about.
inline constexpr char kCertificateFault[] = "tls_certificate";
inline constexpr char kKeyFault[] = "tls_key";

/// **Blocks**: for the disk. **Errors**: `invalid`, whose reason is one of those above, and whose message says what is
/// wrong with that file, without its name: "does not exist", "may be read by everybody (mode 0644)".
Result<Identity> read_identity(const Files& files);

}  // namespace televisit::net::tls
