#pragma once
/// Certificates made for a test.

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>

#include "net/tls/self_signed.hpp"
#include "net/tls/source.hpp"
#include "temporary_folder.hpp"

namespace televisit::daemon::testing {

/// A new pair in `folder`, good from `from` for so many days.
inline net::tls::Files write_pair(const TemporaryFolder& folder, Instant from, int days) {
    const auto pair = net::tls::self_signed(*net::tls::make_key(), {"localhost"}, from, from + std::chrono::days(days));
    REQUIRE(pair.ok());
    const net::tls::Files files{folder.write("certificate.pem", pair->certificate), folder.write("key.pem", pair->key)};
    REQUIRE(::chmod(files.key.c_str(), 0600) == 0);
    return files;
}

}  // namespace televisit::daemon::testing
