#include "server_check.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

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

/// What records need besides, as redis.conf says it.
constexpr std::pair<std::string_view, std::string_view> kWrittenFirst[] = {
    {"appendfsync", "always"},
    // Else nothing is written to the disk while the file is made anew, whatever appendfsync says.
    {"no-appendfsync-on-rewrite", "no"},
};
constexpr char kOnlyPresence[] = "; an instance that keeps presence alone says `durable: false`";

Error undurable(std::string_view setting, std::string_view value) {
    return unfit_server("records need `" + std::string(setting) + ' ' + std::string(value) + "` in its redis.conf" +
                        kOnlyPresence);
}

Result<void> check_durable(Connection& connection, std::string_view info) {
    if (value_of(info, "aof_enabled") != "1") return undurable("appendonly", "yes");
    if (value_of(info, "maxmemory_policy") != "noeviction") return undurable("maxmemory-policy", "noeviction");
    for (const auto& [name, value] : kWrittenFirst) {
        const auto setting = connection.call({"CONFIG", "GET", name});
        if (setting.failure == kLost || setting.failure == kLate) return no_way_in(setting.failure);
        // INFO does not tell it, so without this permission nobody can know.
        if (!setting.ok())
            return unfit_server("to see whether it writes to its disk before it answers, the user needs `+config|get`");
        if (setting.items.size() != 2 || setting.items[1].text != value) return undurable(name, value);
    }
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
    return check_durable(connection, info.text);
}

}  // namespace televisit::storage_redis
