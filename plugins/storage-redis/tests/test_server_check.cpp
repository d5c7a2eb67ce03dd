#include "server_check.hpp"

#include <catch2/catch.hpp>

#include "throwaway_server.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;

namespace {

/// Why a connection is refused; empty when it is not.
std::string refusal(const ThrowawayServer& server, bool durable, const std::string& user = "") {
    auto settings = server.settings();
    settings.durable = durable;
    settings.user = user;
    const auto connection = Connection::open(settings, in_time());
    if (connection.ok()) return {};
    CHECK(connection.error().code == Errc::unavailable);
    return connection.error().detail;
}

}  // namespace

TEST_CASE("a Redis that writes to its disk first is fit for everything") {
    CHECK(refusal(shared_durable_server(), true).empty());
    CHECK(refusal(shared_durable_server(), false).empty());
}

TEST_CASE("a Redis that does not write to its disk first is fit for what may be lost, and not for records") {
    CHECK(refusal(shared_server(), false).empty());
    const auto undurable = [](const std::string& setting) {
        return "this Redis cannot be used: records need `" + setting +
               "` in its redis.conf; an instance that keeps presence alone says `durable: false`";
    };
    CHECK(refusal(shared_server(), true) == undurable("appendonly yes"));
    const ThrowawayServer late(Disk::unused, {"--appendonly", "yes", "--appendfsync", "everysec"});
    CHECK(refusal(late, true) == undurable("appendfsync always"));
    const ThrowawayServer pausing(Disk::written_first, {"--no-appendfsync-on-rewrite", "yes"});
    CHECK(refusal(pausing, true) == undurable("no-appendfsync-on-rewrite no"));
    const ThrowawayServer evicting(Disk::written_first, {"--maxmemory-policy", "allkeys-lru"});
    CHECK(refusal(evicting, true) == undurable("maxmemory-policy noeviction"));
}

TEST_CASE("a Redis of a cluster, or a replica, is not fit for anything") {
    const ThrowawayServer clustered(Disk::unused, {"--cluster-enabled", "yes"});
    CHECK(refusal(clustered, false).find("it is part of a cluster") != std::string::npos);
    const ThrowawayServer replica(Disk::unused, {"--replicaof", "127.0.0.1 1"});
    CHECK(refusal(replica, false).find("it is a replica; give the address of the master") != std::string::npos);
}

TEST_CASE("a user who may not see the settings is told which permission it lacks") {
    const ThrowawayServer server(Disk::written_first, {"--user", "some", "on", "nopass", "~*", "&*", "+info",  //
                                                       "--user", "none", "on", "nopass", "~*", "&*", "+ping"});
    CHECK(refusal(server, false, "some").empty());
    CHECK(refusal(server, true, "some").find("the user needs `+config|get`") != std::string::npos);
    CHECK(refusal(server, false, "none") == "this Redis cannot be used: the user needs `+info`");
}
