#pragma once
/// Where Redis is and how to get in, read from one URL.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "televisit/sdk/result.hpp"

namespace televisit::storage_redis {

struct ConnectionSettings {
    std::string host{};  ///< a name or an address; empty: `path` counts
    std::uint16_t port = 6379;
    std::string path{};  ///< of a unix socket
    std::string user{};  ///< empty: Redis' user "default"
    std::string password{};
    std::int64_t database = 0;
    std::chrono::milliseconds connect_timeout{3'000};
    /// Whether only a Redis is good enough that has written to its disk what it answers for; see `server_check.hpp`.
    bool durable = false;
};

/// `url` is redis://USER:PASSWORD@HOST:PORT/DATABASE, of which HOST alone is required, or unix:PATH, or the absolute
/// PATH of a socket; special characters of it are percent-encoded, but for a plain path. `user`, `password` and
/// `database` may be given apart. **Errors**: `invalid`, with what to do instead; the message has nothing of the
/// values.
Result<ConnectionSettings> read_settings(const std::string& url, const std::string& user, const std::string& password,
                                         std::optional<std::int64_t> database);

}  // namespace televisit::storage_redis
