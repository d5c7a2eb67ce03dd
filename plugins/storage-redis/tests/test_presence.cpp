#include "redis_presence.hpp"

#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/presence_store_conformance.hpp"
#include "throwaway_server.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;
using namespace std::chrono_literals;

namespace {

CallContext soon(std::chrono::milliseconds patience = 120s) {
    return {in_time(patience), RequestId{"test"}};
}

/// On keys of its own.
struct Presence final : testkit::PresenceStoreSubject {
    PresenceStore& store() override { return presence; }
    CallContext context() override { return soon(); }
    Instant now() override { return clock.now(); }
    bool take_away() override {
        shared_server().kill();
        return true;
    }
    void bring_back() override { shared_server().start(); }

    static std::string next_prefix() {
        static int made = 0;
        return "t" + std::to_string(++made) + ":";
    }
    explicit Presence(const ThrowawayServer& server = shared_server()) : pool(server.settings(), 8) {}

    std::string prefix = next_prefix();
    testkit::ManualClock clock;
    ConnectionPool pool;
    RedisPresence presence{pool, clock, prefix, "one"};
};

Truth truth(const std::string& room, std::uint64_t seq, const std::vector<std::string>& nodes, Instant expires) {
    RoomPresence presence{RoomId(room), seq, false, {}, expires};
    for (const auto& node : nodes) {
        Stay stay;
        stay.node = NodeId(node);
        presence.stays.push_back(stay);
    }
    return std::make_shared<const RoomPresence>(presence);
}

}  // namespace

TEST_CASE("presence in Redis is a presence store") {
    for (const auto& part : testkit::presence_store_parts()) DYNAMIC_SECTION(part.name) {
            Presence subject;
            CHECK(failures_of(part, static_cast<testkit::PresenceStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("two stores on one Redis share the rooms, and those with another prefix do not") {
    Presence one;
    RedisPresence same(one.pool, one.clock, one.prefix, "two");
    Presence other;
    REQUIRE(one.presence.replace(truth("r", 1, {"n"}, one.now() + 1h), soon())->won);
    CHECK((*same.load(RoomId("r"), soon()))->seq == 1);
    CHECK((*other.presence.load(RoomId("r"), soon()))->seq == 0);
}

TEST_CASE("a room and what points to it expire in Redis") {
    Presence subject;
    const auto server = shared_server().connected();
    REQUIRE(subject.presence.replace(truth("long", 1, {"n"}, subject.now() + 2h), soon())->won);
    REQUIRE(subject.presence.replace(truth("short", 1, {"n", "other"}, subject.now() + 1h), soon())->won);
    const auto ttl = [&](const std::string& key) {
        return std::chrono::milliseconds{server->call({"PTTL", subject.prefix + key}).integer};
    };
    CHECK((ttl("room:long") > 119min && ttl("room:long") <= 2h));
    CHECK((ttl("room:short") > 59min && ttl("room:short") <= 1h));
    CHECK((ttl("node:n") > 119min && ttl("node:n") <= 2h));
    CHECK((ttl("node:other") > 59min && ttl("node:other") <= 1h));
    REQUIRE(subject.presence.renew_lease({NodeId("n"), subject.now() + 3s}, soon()).ok());
    CHECK((ttl("leases") > 23h && ttl("leases") <= 24h));
    REQUIRE(subject.presence.replace(truth("past", 1, {"n"}, subject.now() - 1h), soon())->won);
    REQUIRE(subject.presence.replace(truth("ages", 1, {"n"}, Instant::max()), soon())->won);
    CHECK(ttl("room:ages") > std::chrono::hours{24 * 364});
}

TEST_CASE("a room that has expired is not one of a node's, though its index still names it") {
    Presence subject;
    const auto server = shared_server().connected();
    for (const auto* room : {"r-1", "r-2", "r-3"})
        REQUIRE(subject.presence.replace(truth(room, 1, {"n"}, subject.now() + 1h), soon())->won);
    REQUIRE(server->call({"DEL", subject.prefix + "room:r-1", subject.prefix + "room:r-2"}).integer == 2);
    REQUIRE(subject.presence.replace(truth("r-2", 1, {"other"}, subject.now() + 1h), soon())->won);
    CHECK(*subject.presence.rooms_of(NodeId("n"), soon()) == std::vector{RoomId("r-3")});
    CHECK(server->call({"SCARD", subject.prefix + "node:n"}).integer == 1);
}

TEST_CASE("names of rooms and nodes may have any bytes") {
    Presence subject;
    const std::string hostile("\0\r\n*:' \xff", 8);
    REQUIRE(subject.presence.replace(truth(hostile, 1, {hostile}, subject.now() + 1h), soon())->won);
    CHECK((*subject.presence.load(RoomId(hostile), soon()))->stays[0].node.view() == hostile);
    CHECK(*subject.presence.rooms_of(NodeId(hostile), soon()) == std::vector{RoomId(hostile)});
}

TEST_CASE("scripts that Redis has forgotten, and rooms too, cost nobody anything") {
    const ThrowawayServer server;
    Presence subject(server);
    REQUIRE(subject.presence.replace(truth("r", 1, {"n"}, subject.now() + 1h), soon())->won);
    REQUIRE(server.connected()->call({"SCRIPT", "FLUSH"}).ok());
    REQUIRE(subject.presence.replace(truth("r", 2, {"n"}, subject.now() + 1h), soon())->won);
    REQUIRE(server.connected()->call({"FLUSHALL"}).ok());
    const auto late = subject.presence.replace(truth("r", 3, {"n"}, subject.now() + 1h), soon());
    REQUIRE(late.ok());
    CHECK_FALSE(late->won);
    CHECK(late->current->seq == 0);
    CHECK(subject.presence.leases(soon())->empty());
    CHECK(subject.presence.replace(truth("r", 1, {"n"}, subject.now() + 1h), soon())->won);
}

TEST_CASE("what another version has written is not taken for a room") {
    Presence subject;
    const auto server = shared_server().connected();
    REQUIRE(server->call({"HSET", subject.prefix + "room:r", "seq", "7", "truth", "2 hidden"}).ok());
    const auto loaded = subject.presence.load(RoomId("r"), soon());
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().code == Errc::internal);
    CHECK(loaded.error().detail == "load a room: Redis holds what this version of the server never writes");
    CHECK_FALSE(subject.presence.replace(truth("r", 2, {}, subject.now() + 1h), soon()).ok());
}

TEST_CASE("a step that was late does not take place any more once its room was loaded again") {
    ThrowawayServer server;
    Presence subject(server);
    RedisPresence other(subject.pool, subject.clock, subject.prefix, "two");
    const auto expires = subject.now() + 1h;
    for (std::uint64_t seq = 0, round = 0; round < 30; ++round) {
        server.signal(SIGSTOP);
        REQUIRE_FALSE(subject.presence.replace(truth("r", seq + 1, {"n"}, expires), soon(2ms)).ok());
        server.signal(SIGCONT);
        auto loaded = subject.presence.load(RoomId("r"), soon());
        for (const auto until = in_time(60s); !loaded.ok(); loaded = subject.presence.load(RoomId("r"), soon()))
            REQUIRE(std::chrono::steady_clock::now() < until);
        seq = (*loaded)->seq;
        // The next steps are others.
        REQUIRE(subject.presence.replace(truth("r", seq + 1, {"n"}, expires), soon())->won);
        REQUIRE(other.replace(truth("r", seq + 2, {"n"}, expires), soon())->won);
        seq += 2;
        CHECK((*subject.presence.load(RoomId("r"), soon()))->seq == seq);
    }
}

TEST_CASE("a step that arrives after its room was loaded again is refused, also in a room that nobody has entered") {
    Presence subject;
    const auto server = shared_server().connected();
    const auto key = subject.prefix + "room:r";
    REQUIRE(server->call({"HSET", key, "fence:one", "1"}).ok());
    const auto late = subject.presence.replace(truth("r", 1, {"n"}, subject.now() + 1h), soon());
    REQUIRE(late.ok());
    CHECK_FALSE(late->won);
    CHECK(late->current->seq == 0);
    CHECK(subject.presence.rooms_of(NodeId("n"), soon())->empty());
    CHECK(subject.presence.replace(truth("r", 1, {"n"}, subject.now() + 1h), soon())->won);
}

TEST_CASE("a step without an answer is of unknown outcome, and while Redis is away nothing is tried") {
    ThrowawayServer server;
    Presence subject(server);
    REQUIRE(subject.presence.replace(truth("r", 1, {"n"}, subject.now() + 1h), soon())->won);
    server.signal(SIGSTOP);
    const auto unknown = subject.presence.replace(truth("r", 2, {"n"}, subject.now() + 1h), soon(50ms));
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().code == Errc::timeout);
    CHECK(unknown.error().retry_after);
    server.signal(SIGCONT);
    // It was only late.
    const auto until = in_time(60s);
    while ((*subject.presence.load(RoomId("r"), soon()))->seq != 2) REQUIRE(std::chrono::steady_clock::now() < until);
    server.kill();
    const auto away = subject.presence.replace(truth("r", 3, {"n"}, subject.now() + 1h), soon());
    REQUIRE_FALSE(away.ok());
    CHECK(away.error().code == Errc::unavailable);
    server.start();
    while (!subject.presence.load(RoomId("r"), soon()).ok()) REQUIRE(std::chrono::steady_clock::now() < until);
    CHECK((*subject.presence.load(RoomId("r"), soon()))->seq == 0);
}
