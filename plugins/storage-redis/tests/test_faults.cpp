/// Servers that are killed, stopped, full, demoted or flushed, users who may not: a clear error by the deadline,
/// nothing acknowledged is lost, and the store goes on without a restart.
#include <dirent.h>
#include <malloc.h>
#include <signal.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "permission_check.hpp"
#include "redis_presence.hpp"
#include "store_in_redis.hpp"

using namespace televisit;
using namespace televisit::storage_redis;
using namespace televisit::storage_redis::testing;
using namespace std::chrono_literals;

namespace {

std::size_t open_files() {
    std::size_t count = 0;
    DIR* folder = ::opendir("/proc/self/fd");
    while (::readdir(folder)) ++count;
    ::closedir(folder);
    return count;
}

/// Until the store works again, which it must do by itself.
void recovered(RedisRecords& records) {
    const auto until = in_time(60s);
    while (!records.session(SessionId("s-1"), soon(2s)).ok()) REQUIRE(std::chrono::steady_clock::now() < until);
}

void run(const ThrowawayServer& server, std::initializer_list<std::string_view> command) {
    const auto reply = server.connected()->call(command);
    INFO(reply.failure);
    REQUIRE(reply.ok());
}

/// Ends every other connection to that server.
void cut_all(Connection& admin) {
    REQUIRE(admin.call({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).ok());
}

}  // namespace

TEST_CASE("a server that is stopped costs a caller no more than the deadline, and is used again when it goes on") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    server.signal(SIGSTOP);
    const auto read = store.records.session(SessionId("s-1"), soon(100ms));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == Errc::timeout);
    CHECK(read.error().retry_after);
    // With connections gone it is not even let in.
    for (int i = 0; i < 3; ++i) {
        const auto written = store.records.commit(creation(2), soon(100ms));
        REQUIRE_FALSE(written.ok());
        CHECK(written.error().code == Errc::unavailable);
    }
    server.signal(SIGCONT);
    recovered(store.records);
    CHECK_FALSE(*store.records.was_committed(creation(2).operation, soon()));
    CHECK(store.records.commit(creation(2), soon())->committed);
}

TEST_CASE(
    "what was acknowledged is there after the server was killed, again and again, and recovery needs no restart") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 4);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    std::atomic<bool> done{false};
    std::mutex mutex;
    std::set<int> acknowledged;
    std::set<int> unknown;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 3; ++writer)
        writers.emplace_back([&, writer] {
            for (int number = 1'000'000 * (writer + 1); !done; ++number) {
                const auto outcome = store.records.commit(creation(number), soon(500ms));
                const std::lock_guard lock(mutex);
                if (outcome.ok() && outcome->committed) acknowledged.insert(number);
                if (!outcome.ok() && outcome.error().code == Errc::timeout) unknown.insert(number);
            }
        });
    const auto count = [&] {
        const std::lock_guard lock(mutex);
        return acknowledged.size();
    };
    for (int round = 0; round < 5; ++round) {
        const auto before = count();
        const auto until = in_time(60s);
        while (count() < before + 20 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        server.kill();
        server.start();
    }
    recovered(store.records);
    done = true;
    for (auto& writer : writers) writer.join();
    CHECK(acknowledged.size() >= 100);
    std::size_t lost = 0;
    for (const int number : acknowledged)
        if (!store.records.session(session(number).id, soon())->has_value()) ++lost;
    CHECK(lost == 0);
    // The operation id tells of each unknown outcome what the records say, too.
    for (const int number : unknown)
        CHECK(*store.records.was_committed(creation(number).operation, soon()) ==
              store.records.session(session(number).id, soon())->has_value());
    std::uint64_t last = 0;
    std::set<std::string> told;
    for (;;) {
        const auto events = store.records.events(last, 500, soon());
        REQUIRE(events.ok());
        if (events->empty()) break;
        for (const auto& event : *events) told.insert(event.type);
        last = events->back().cursor;
    }
    for (const int number : acknowledged) CHECK(told.contains(std::to_string(number)));
}

TEST_CASE("an unknown outcome is settled by its operation id, whatever is still on its way") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    int took_place = 0;
    for (int number = 1; number <= 40; ++number) {
        const auto batch = creation(number);
        recovered(store.records);
        server.signal(SIGSTOP);
        const auto outcome = store.records.commit(batch, soon(2ms));
        server.signal(SIGCONT);
        REQUIRE_FALSE(outcome.ok());
        recovered(store.records);
        const auto settled = store.records.was_committed(batch.operation, soon());
        REQUIRE(settled.ok());
        took_place += *settled ? 1 : 0;
        // Whatever came later has been there by now.
        run(server, {"PING"});
        CHECK(store.records.session(session(number).id, soon())->has_value() == *settled);
        if (outcome.error().code == Errc::unavailable) CHECK_FALSE(*settled);
    }
    INFO(took_place);
}

TEST_CASE("connections that an administrator ends are replaced without anybody noticing") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 4);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    const auto admin = server.connected();
    for (int round = 2; round <= 6; ++round) {
        cut_all(*admin);
        CHECK(store.records.session(SessionId("s-1"), soon()).ok());
        cut_all(*admin);
        const auto written = store.records.commit(creation(round), soon());
        REQUIRE(written.ok());
        CHECK(written->committed);
    }
    CHECK(store.pool.figures().lost >= 5);
}

TEST_CASE("with every connection in use a further call is unavailable at its deadline") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 1);
    server.signal(SIGSTOP);
    std::thread busy([&] { (void)store.records.session(SessionId("s-1"), soon(60s)); });
    while (store.pool.figures().lent == 0) std::this_thread::yield();
    const auto refused = store.records.session(SessionId("s-1"), soon(50ms));
    server.signal(SIGCONT);
    busy.join();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().detail == "session: no connection was free before the deadline");
}

TEST_CASE("a full memory refuses what would write, says so, and leaves nothing half done") {
    const ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    run(server, {"CONFIG", "SET", "maxmemory", "1"});
    const auto refused = store.records.commit(creation(2), soon());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().reason == "store_full");
    CHECK(refused.error().detail == "commit: Redis OOM (its memory is full: see maxmemory)");
    CHECK(store.records.session(SessionId("s-1"), soon())->has_value());
    run(server, {"CONFIG", "SET", "maxmemory", "0"});
    CHECK_FALSE(*store.records.was_committed(creation(2).operation, soon()));
    CHECK(store.records.commit(creation(2), soon())->committed);
}

TEST_CASE("a full disk ends Redis, and nothing is lost that was acknowledged before") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    server.kill();
    server.limit_files(100'000);
    server.start();
    recovered(store.records);
    int acknowledged = 1;
    Result<CommitOutcome> outcome = CommitOutcome{true, 0};
    while (outcome.ok() && acknowledged < 10'000)
        if (outcome = store.records.commit(creation(acknowledged + 1), soon()); outcome.ok()) ++acknowledged;
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().retry_after);
    CHECK((outcome.error().code == Errc::timeout || outcome.error().code == Errc::unavailable));
    server.kill();
    server.limit_files(0);
    server.start();
    recovered(store.records);
    int lost = 0;
    for (int number = 1; number <= acknowledged; ++number)
        if (!store.records.session(session(number).id, soon())->has_value()) ++lost;
    CHECK(lost == 0);
    CHECK(store.records.commit(creation(acknowledged + 1), soon())->committed);
}

TEST_CASE("a server that becomes a replica takes no writes until it is the master again") {
    const ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    const auto admin = server.connected();
    REQUIRE(admin->call({"REPLICAOF", "127.0.0.1", "1"}).ok());
    const auto refused = store.records.commit(creation(2), soon());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().retry_after);
    REQUIRE(admin->call({"REPLICAOF", "NO", "ONE"}).ok());
    recovered(store.records);
    CHECK(store.records.commit(creation(2), soon())->committed);
}

TEST_CASE("when another server is the master at that address, connections to the former are not lent again") {
    const ThrowawayServer former(Disk::written_first);
    const ThrowawayServer promoted(Disk::written_first);
    const auto address = former.folder() / "address";
    std::filesystem::create_symlink(former.socket(), address);
    auto settings = StoreInRedis::durable(former.settings());
    settings.path = address.string();
    ConnectionPool pool(settings, 2);
    testkit::ManualClock clock;
    RedisRecords records(pool, clock, "t:", 500);
    REQUIRE(records.commit(creation(1), soon())->committed);
    run(former, {"REPLICAOF", "127.0.0.1", "1"});
    std::filesystem::remove(address);
    std::filesystem::create_symlink(promoted.socket(), address);
    CHECK_FALSE(records.commit(creation(2), soon()).ok());
    const auto again = records.commit(creation(2), soon());
    REQUIRE(again.ok());
    CHECK(again->committed);
    CHECK(promoted.connected()->call({"EXISTS", "t:session:s-2"}).integer == 1);
}

TEST_CASE("a server that is started again without its file being written first gets no records") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    run(server, {"CONFIG", "SET", "appendfsync", "everysec"});
    cut_all(*server.connected());
    const auto refused = store.records.commit(creation(2), soon());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().detail.find("appendfsync always") != std::string::npos);
    CHECK(refused.error().message.find("appendfsync") == std::string::npos);
}

TEST_CASE("a user who lacks a permission is told which before anything is written") {
    const ThrowawayServer server(Disk::written_first,
                                 {"--user", "visits", "on", "nopass", "~televisit:*", "+@all", "-xadd", "-zadd"});
    auto settings = StoreInRedis::durable(server.settings());
    settings.user = "visits";
    ConnectionPool pool(settings, 1);
    CHECK(check_permissions(pool, "televisit:", in_time()).error().detail ==
          "this Redis cannot be used: on keys that begin with `televisit:` the user may not use `+zadd` `+xadd`");
    CHECK(check_permissions(pool, "other:", in_time()).error().detail.find("begin with `other:`") != std::string::npos);
    run(server, {"ACL", "SETUSER", "visits", "-evalsha"});
    CHECK(check_permissions(pool, "televisit:", in_time()).error().detail ==
          "this Redis cannot be used: the user needs `+evalsha` and `+eval`");
    run(server, {"ACL", "SETUSER", "visits", "+@all"});
    CHECK(check_permissions(pool, "televisit:", in_time()).ok());
    CHECK(server.connected()->call({"KEYS", "*"}).items.empty());
}

TEST_CASE("a user whose permissions are taken away gets an error, and works again with them") {
    const ThrowawayServer server(Disk::written_first, {"--user", "visits", "on", "nopass", "~*", "+@all"});
    StoreInRedis store(server, 1);
    auto settings = StoreInRedis::durable(server.settings());
    settings.user = "visits";
    ConnectionPool pool(settings, 1);
    RedisRecords records(pool, store.clock, store.prefix, 500);
    REQUIRE(records.commit(creation(1), soon())->committed);
    run(server, {"ACL", "SETUSER", "visits", "-evalsha", "-hmget"});
    for (const auto& error :
         {records.commit(creation(2), soon()).error(), records.session(SessionId("s-1"), soon()).error()}) {
        CHECK(error.code == Errc::unavailable);
        CHECK(error.detail.find("NOPERM") != std::string::npos);
    }
    run(server, {"ACL", "SETUSER", "visits", "+evalsha", "+hmget"});
    CHECK(records.commit(creation(2), soon())->committed);
}

TEST_CASE("a call whose deadline has passed does nothing") {
    StoreInRedis store;
    CHECK(store.records.commit(creation(1), soon(-1ms)).error().code == Errc::unavailable);
    CHECK_FALSE(store.records.session(SessionId("s-1"), soon(-1ms)).ok());
    CHECK_FALSE(store.records.session(SessionId("s-1"), soon())->has_value());
}

TEST_CASE("scripts that are forgotten in the middle of work are sent again") {
    StoreInRedis store;
    const auto admin = shared_durable_server().connected();
    std::atomic<bool> done{false};
    std::thread flushing([&] {
        while (!done) (void)admin->call({"SCRIPT", "FLUSH"});
    });
    for (int number = 1; number <= 200; ++number) {
        CHECK(store.records.commit(creation(number), soon())->committed);
        CHECK(store.records.sessions({}, soon())->size() == static_cast<std::size_t>(std::min(number, 50)));
    }
    done = true;
    flushing.join();
}

TEST_CASE("a thousand failures leave neither memory nor files behind") {
    ThrowawayServer server(Disk::written_first);
    StoreInRedis store(server, 2);
    RedisPresence presence(store.pool, store.clock, store.prefix, "one");
    REQUIRE(store.records.commit(creation(1), soon())->committed);
    auto wrong = server.settings();
    wrong.password = "wrong";
    auto absent = server.settings();
    absent.path += "-absent";
    const auto admin = server.connected();
    const auto fail = [&](int times) {
        for (int i = 0; i < times; ++i) {
            CHECK_FALSE(Connection::open(wrong, in_time()).ok());
            CHECK_FALSE(Connection::open(absent, in_time()).ok());
            if (i % 10 == 0) cut_all(*admin);
            CHECK(store.records.session(SessionId("s-1"), soon()).ok());
            const VersionedWrite<SessionRecord> stale{session(1), 7};
            CHECK_FALSE(store.records.commit({OperationId("o"), from_micros(1), {stale}, {}}, soon())->committed);
            const auto room = std::make_shared<const RoomPresence>(RoomPresence{RoomId("r"), 9, false, {}, {}});
            CHECK_FALSE(presence.replace(room, soon())->won);
            if (i % 50 != 0) continue;
            server.signal(SIGSTOP);
            CHECK_FALSE(presence.replace(room, soon(1ms)).ok());
            server.signal(SIGCONT);
            recovered(store.records);
            const auto until = in_time(60s);
            while (!presence.load(RoomId("r"), soon()).ok()) REQUIRE(std::chrono::steady_clock::now() < until);
        }
    };
    fail(100);
    const auto files = open_files();
    const auto memory = ::mallinfo2().uordblks;
    fail(1000);
    CHECK(open_files() == files);
    CHECK(::mallinfo2().uordblks < memory + 200'000);
}
