#include "server_check.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "failure.hpp"

namespace televisit::storage_redis {
namespace {

constexpr int kOldestServer = 7;

/// The value of a line "name:value" of INFO; empty when there is none.
std::string_view value_of(std::string_view info, std::string_view name) {
    for (std::size_t start = 0; start < info.size();) {
        const auto end = std::min(info.find("\r\n", start), info.size());
        auto line = info.substr(start, end - start);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) return line.substr(name.size() + 1);
        start = end + 2;
    }
    return {};
}

int major_version(std::string_view version) {
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major;
}

Result<void> check_durable(std::string_view info, const Reply& fsync) {
    if (value_of(info, "aof_enabled") != "1") return unfit_server("records need `appendonly yes` in its redis.conf");
    if (const auto policy = value_of(info, "maxmemory_policy"); policy != "noeviction")
        return unfit_server("records need `maxmemory-policy noeviction` in its redis.conf");
    if (!fsync.ok())
        return unfit_server(
            "to see that it writes to its disk before it answers, the user needs `+config|get`, but got " +
            fsync.failure);
    if (fsync.items.size() != 2 || fsync.items[1].text != "always")
        return unfit_server("records need `appendfsync always` in its redis.conf");
    return {};
}

}  // namespace

Result<void> check_server(Connection& connection, bool durable) {
    const auto info = connection.call({"INFO", "server", "replication", "cluster", "persistence", "memory"});
    if (info.failure == "NOPERM") return unfit_server("the user needs `+info`");
    if (!info.ok()) return no_way_in(info.failure);
    if (value_of(info.text, "loading") == "1") return no_way_in("LOADING");
    if (major_version(value_of(info.text, "redis_version")) < kOldestServer)
        return unfit_server("it is older than Redis 7");
    if (value_of(info.text, "cluster_enabled") == "1")
        return unfit_server("it is part of a cluster; give one that stands alone or has replicas");
    if (value_of(info.text, "role") != "master") return unfit_server("it is a replica; give the address of the master");
    if (!durable) return {};
    const auto fsync = connection.call({"CONFIG", "GET", "appendfsync"});
    if (fsync.failure == kLost || fsync.failure == kLate) return no_way_in(fsync.failure);
    return check_durable(info.text, fsync);
}

}  // namespace televisit::storage_redis
