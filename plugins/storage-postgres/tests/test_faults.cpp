/// Servers that are killed, stopped, restarted or full, and connections that are ended under way: a clear error by the
/// deadline, nothing acknowledged is lost, and the store goes on without a restart.
#include <dirent.h>
#include <malloc.h>
#include <signal.h>

#include <atomic>
#include <set>
#include <thread>

#include "failure.hpp"
#include "store_in_database.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;
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
void recovered(PostgresRecords& records) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!records.session(SessionId("s-1"), soon(2s)).ok()) REQUIRE(std::chrono::steady_clock::now() < until);
}

/// Ends every other connection to that database.
void terminate_all(Connection& admin) {
    REQUIRE(admin
                .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE datname = current_database() AND pid <> pg_backend_pid()")
                .ok());
}

/// A transaction that holds the row of a session.
void hold_row(Connection& other) {
    REQUIRE(other.run("BEGIN; SELECT 1 FROM video_consultation_sessions WHERE id = 's-1' FOR UPDATE").ok());
}

RecordBatch change(int number, Version expected) {
    auto record = session(1);
    record.end_reason = std::to_string(number);
    return {OperationId("change-" + std::to_string(number)),
            from_micros(1),
            {VersionedWrite<SessionRecord>{record, expected}},
            {}};
}

}  // namespace

TEST_CASE("a server that is stopped costs a caller no more than the deadline, and is used again when it goes on") {
    ThrowawayServer server;
    const auto records = opened(server.make_tables(), 2);
    REQUIRE(records->commit(creation(1), soon())->committed);
    server.signal_all(SIGSTOP);
    const auto read = records->session(SessionId("s-1"), soon(100ms));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == Errc::timeout);
    CHECK(read.error().retry_after);
    // With connections gone it is not even let in.
    for (int i = 0; i < 3; ++i) {
        const auto written = records->commit(creation(2), soon(100ms));
        REQUIRE_FALSE(written.ok());
        CHECK(written.error().code == Errc::unavailable);
    }
    server.signal_all(SIGCONT);
    recovered(*records);
    CHECK_FALSE(*records->was_committed(creation(2).operation, soon()));
    CHECK(records->commit(creation(2), soon())->committed);
}

TEST_CASE(
    "what was acknowledged is there after the server was killed, again and again, and recovery needs no restart") {
    ThrowawayServer server;
    const auto records = opened(server.make_tables(), 4);
    REQUIRE(records->commit(creation(1), soon())->committed);
    std::atomic<bool> done{false};
    std::mutex mutex;
    std::set<int> acknowledged;
    std::set<int> unknown;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 3; ++writer)
        writers.emplace_back([&, writer] {
            for (int number = 1'000'000 * (writer + 1); !done; ++number) {
                const auto outcome = records->commit(creation(number), soon(500ms));
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
        const auto until = std::chrono::steady_clock::now() + 60s;
        while (count() < before + 20 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        server.kill();
        server.start();
    }
    recovered(*records);
    done = true;
    for (auto& writer : writers) writer.join();
    CHECK(acknowledged.size() >= 100);
    std::size_t lost = 0;
    for (const int number : acknowledged)
        if (!records->session(session(number).id, soon())->has_value()) ++lost;
    CHECK(lost == 0);
    // The operation id tells of each unknown outcome what the records say, too.
    for (const int number : unknown)
        CHECK(*records->was_committed(creation(number).operation, soon()) ==
              records->session(session(number).id, soon())->has_value());
    std::uint64_t last = 0;
    std::set<std::string> told;
    for (;;) {
        const auto events = records->events(last, 500, soon());
        REQUIRE(events.ok());
        if (events->empty()) break;
        for (const auto& event : *events) told.insert(event.type);
        last = events->back().cursor;
    }
    for (const int number : acknowledged) CHECK(told.contains(std::to_string(number)));
}

TEST_CASE("what no synchronous standby has confirmed is not acknowledged, and is once one has") {
    ThrowawayServer server;
    const auto url = server.make_tables();
    const auto records = opened(url, 2);
    const auto admin = connected(url);
    const auto demand = [&](const std::string& standby) {
        REQUIRE(admin->run("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'").ok());
        REQUIRE(admin->run("SELECT pg_reload_conf()").ok());
        // Asked of a session that begins after the server has read it.
        const auto until = std::chrono::steady_clock::now() + 60s;
        const auto heard = [&] {
            const auto reply =
                connected(url)->run("SELECT current_setting('synchronous_standby_names') = '" + standby + "'");
            REQUIRE(reply.ok());
            return reply.row(0).text() == "t";
        };
        while (!heard()) REQUIRE(std::chrono::steady_clock::now() < until);
    };
    demand("nobody");
    // Until the process that waits for standbys has heard of it, too.
    int number = 1;
    while (records->commit(creation(number), soon(300ms)).ok()) REQUIRE(++number < 10'000);
    const auto batch = creation(++number);
    // An administrator who ends the wait has it written all the same, on this server alone.
    std::atomic<bool> over{false};
    std::thread impatient([&] {
        while (!over) admin->run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    });
    const auto cut = records->commit(batch, soon(5s));
    const auto known = records->was_committed(batch.operation, soon(5s));
    const auto again = records->commit(batch, soon(5s));
    over = true;
    impatient.join();
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().code == Errc::timeout);
    CHECK_FALSE(known.ok());
    CHECK_FALSE(again.ok());
    CHECK(records->session(session(number).id, soon())->has_value());
    demand("");
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!records->commit(batch, soon(2s)).ok()) REQUIRE(std::chrono::steady_clock::now() < until);
    CHECK(*records->was_committed(batch.operation, soon()));
    CHECK(records->session(session(number).id, soon())->has_value());
}

TEST_CASE("connections that an administrator ends are replaced without anybody noticing") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url, 4);
    REQUIRE(records->commit(creation(1), soon())->committed);
    const auto admin = connected(url);
    for (int round = 1; round <= 5; ++round) {
        terminate_all(*admin);
        CHECK(records->session(SessionId("s-1"), soon()).ok());
        terminate_all(*admin);
        const auto written = records->commit(change(round, round), soon());
        REQUIRE(written.ok());
        CHECK(written->committed);
    }
    CHECK(records->figures().lost >= 5);
}

TEST_CASE("a connection that is ended in the middle of a batch is replaced, and the batch takes place once") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url, 1);
    REQUIRE(records->commit(creation(1), soon())->committed);
    const auto other = connected(url);
    hold_row(*other);
    Result<CommitOutcome> outcome = CommitOutcome{};
    std::thread waiting([&] { outcome = records->commit(change(1, 1), soon()); });
    const auto admin = connected(url);
    const auto blocked = [&] {
        Statement look(*admin,
                       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                       "wait_event_type = 'Lock'");
        const auto reply = look.run();
        return reply.ok() && reply.rows() == 1;
    };
    while (!blocked()) std::this_thread::yield();
    REQUIRE(other->run("ROLLBACK").ok());
    waiting.join();
    REQUIRE(outcome.ok());
    CHECK(outcome->committed);
    CHECK((*records->session(SessionId("s-1"), soon()))->version == 2);
}

TEST_CASE("a batch that waits for another transaction is given up by the deadline, and its connection stays") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url, 1);
    REQUIRE(records->commit(creation(1), soon())->committed);
    const auto other = connected(url);
    hold_row(*other);
    const auto refused = records->commit(change(1, 1), soon(500ms));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    REQUIRE(other->run("ROLLBACK").ok());
    CHECK(records->commit(change(2, 1), soon())->committed);
    CHECK_FALSE(*records->was_committed(change(1, 1).operation, soon()));
}

TEST_CASE("two batches that wait for each other both take place") {
    const auto records = opened();
    REQUIRE(records->commit(creation(1), soon())->committed);
    REQUIRE(records->commit(creation(2), soon())->committed);
    std::atomic<int> failed{0};
    const auto work = [&](int first, int second, const std::string& name) {
        for (int round = 0; round < 20; ++round)
            for (bool committed = false; !committed;) {
                RecordBatch batch{OperationId(name + std::to_string(round)), from_micros(1), {}, {}};
                for (const int number : {first, second}) {
                    const auto now = records->session(session(number).id, soon());
                    if (!now.ok()) return void(++failed);
                    batch.writes.emplace_back(VersionedWrite<SessionRecord>{**now, (*now)->version});
                }
                const auto outcome = records->commit(batch, soon());
                if (!outcome.ok()) return void(++failed);
                committed = outcome->committed;
            }
    };
    std::thread other([&] { work(1, 2, "a"); });
    work(2, 1, "b");
    other.join();
    CHECK(failed == 0);
    CHECK((*records->session(SessionId("s-1"), soon()))->version == 41);
}

TEST_CASE("whether something was committed is not answered before its transaction has ended") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url);
    for (const auto* end : {"COMMIT", "ROLLBACK"}) {
        const auto other = connected(url);
        REQUIRE(other->run("BEGIN; INSERT INTO video_consultation_operations VALUES ('o-1', now())").ok());
        CHECK_FALSE(records->was_committed(OperationId("o-1"), soon(200ms)).ok());
        Result<bool> answer = false;
        std::thread asking([&] { answer = records->was_committed(OperationId("o-1"), soon()); });
        REQUIRE(other->run(end).ok());
        asking.join();
        REQUIRE(answer.ok());
        CHECK(*answer == (std::string(end) == "COMMIT"));
        REQUIRE(other->run("DELETE FROM video_consultation_operations").ok());
    }
}

TEST_CASE("with every connection in use a further call is unavailable at its deadline") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url, 1);
    REQUIRE(records->commit(creation(1), soon())->committed);
    const auto other = connected(url);
    hold_row(*other);
    std::thread busy([&] { (void)records->commit(change(1, 1), soon()); });
    while (records->figures().lent == 0) std::this_thread::yield();
    const auto refused = records->session(SessionId("s-1"), soon(50ms));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().detail == "session: no connection was free before the deadline");
    REQUIRE(other->run("ROLLBACK").ok());
    busy.join();
}

TEST_CASE("a call whose deadline has passed does nothing") {
    const auto records = opened();
    CHECK(records->commit(creation(1), soon(-1ms)).error().code == Errc::unavailable);
    CHECK_FALSE(records->session(SessionId("s-1"), soon(-1ms)).ok());
    CHECK_FALSE(records->session(SessionId("s-1"), soon())->has_value());
}

TEST_CASE("a user who may only read gets in, and its writes are unavailable") {
    const auto url = shared_server().make_tables();
    const auto admin = connected(url);
    REQUIRE(
        admin
            ->run(
                "CREATE ROLE reader_only LOGIN; DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %1$I TO reader_only; "
                "GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO reader_only', current_schema()); END $$")
            .ok());
    const auto reader = opened(url + "&user=reader_only", 1);
    const auto refused = reader->commit(creation(1), soon());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().detail == "note an operation: PostgreSQL 42501 (this user lacks a privilege)");
}

TEST_CASE("no error tells a value or a password") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url);
    std::vector<Error> errors;
    const auto note = [&](const auto& result) {
        REQUIRE_FALSE(result.ok());
        errors.push_back(result.error());
    };
    auto huge = session(1);
    huge.doctor_id = UserId("hidden" + [] {
        std::string noise;
        std::uint32_t state = 1;
        for (int i = 0; i < 20'000; ++i)
            noise += static_cast<char>('a' + (state = state * 1664525U + 1013904223U) % 26U);
        return noise;
    }());
    note(records->commit({OperationId("o"), from_micros(1), {VersionedWrite<SessionRecord>{huge, 0}}, {}}, soon()));
    CHECK(errors.back().code == Errc::too_large);
    auto wrong = session(1);
    const auto admin = connected(url);
    REQUIRE(admin->run("ALTER TABLE video_consultation_sessions ADD CHECK (metadata <> 'hidden')").ok());
    wrong.metadata = "hidden";
    note(records->commit({OperationId("o"), from_micros(1), {VersionedWrite<SessionRecord>{wrong, 0}}, {}}, soon()));
    for (const auto* place : {"postgresql://u:hidden@127.0.0.1:1/hidden", "postgresql://u:hidden@hidden.invalid/d",
                              "postgresql://u:hidden@%2Fnowhere/d"})
        note(Connection::open(settings_of(place), soon(5s).deadline));
    note(Connection::open(settings_of(shared_server().url("hidden")), soon().deadline));
    CHECK(errors.back().detail == "connect: PostgreSQL 3D000 (there is no such database)");
    for (const auto& error : errors) {
        INFO(error.detail);
        CHECK((error.message + error.detail + error.reason).find("hidden") == std::string::npos);
    }
}

TEST_CASE("a host that is not there, or does not let in, is passed over") {
    const auto url = shared_server().make_tables();
    auto settings = settings_of(url);
    auto absent = settings.hosts[0];
    for (auto& [key, value] : absent)
        if (key == "host") value = "/nowhere";
    auto closed = settings.hosts[0];
    for (auto& [key, value] : closed)
        if (key == "dbname") value = "absent";
    settings.hosts.insert(settings.hosts.begin(), {absent, closed});
    CHECK(Connection::open(settings, soon().deadline).ok());
}

TEST_CASE("a thousand failures leave neither memory nor files behind") {
    ThrowawayServer server;
    const auto url = server.make_tables();
    const auto records = opened(url, 2);
    const auto wrong = settings_of(server.url("absent"));
    const auto admin = connected(url);
    const auto fail = [&](int times) {
        for (int i = 0; i < times; ++i) {
            CHECK_FALSE(Connection::open(wrong, soon().deadline).ok());
            if (i % 10 == 0) terminate_all(*admin);
            CHECK(records->session(SessionId("s-1"), soon()).ok());
            CHECK_FALSE(
                records->commit({OperationId("o"), from_micros(1), {change(1, 7).writes[0]}, {}}, soon())->committed);
        }
    };
    fail(100);
    const auto files = open_files();
    const auto memory = ::mallinfo2().uordblks;
    fail(1000);
    CHECK(open_files() == files);
    CHECK(::mallinfo2().uordblks < memory + 200'000);
}
