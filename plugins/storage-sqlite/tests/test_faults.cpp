/// A file that is locked, full or cannot be written: a clear error within the deadline, and the store goes on.
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <thread>

#include "failure.hpp"
#include "store_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;
using namespace std::chrono_literals;

namespace {

/// Another process's connection, as it were.
class Stranger {
  public:
    explicit Stranger(const std::string& file) {
        REQUIRE(sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    }
    ~Stranger() { sqlite3_close(handle_); }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    void run(const char* sql) { REQUIRE(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }

  private:
    sqlite3* handle_ = nullptr;
};

/// Files of this process cannot grow beyond that size until the end of the scope.
class SmallDisk {
  public:
    explicit SmallDisk(std::uintmax_t size) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before_;
        small.rlim_cur = size;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("a file that another process has locked makes writes unavailable at the deadline, and reads go on") {
    const Folder folder;
    StoreOptions options;
    options.file = folder / "records.db";
    options.busy_timeout = 10min;
    const auto records = opened(options);
    REQUIRE(records->commit(creation(1), soon())->committed);
    {
        Stranger stranger(options.file);
        stranger.run("BEGIN IMMEDIATE");
        const auto refused = records->commit(creation(2), soon(100ms));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == Errc::unavailable);
        CHECK(refused.error().retry_after);
        CHECK(refused.error().detail.find("SQLite 5 ") != std::string::npos);
        CHECK_FALSE(records->prune(from_micros(1), soon(50ms)).ok());
        CHECK(records->session(session(1).id, soon())->has_value());
        CHECK_FALSE(*records->was_committed(creation(2).operation, soon()));
        stranger.run("ROLLBACK");
    }
    CHECK(records->commit(creation(2), soon())->committed);
}

TEST_CASE("the wait for another process has a bound of its own") {
    const Folder folder;
    StoreOptions options;
    options.file = folder / "records.db";
    options.busy_timeout = 50ms;
    const auto records = opened(options);
    Stranger stranger(options.file);
    stranger.run("BEGIN IMMEDIATE");
    CHECK(records->commit(creation(1), soon(10min)).error().code == Errc::unavailable);
}

TEST_CASE("a write that waits for another one of this store is unavailable at its deadline") {
    const Folder folder;
    StoreOptions options;
    options.file = folder / "records.db";
    options.busy_timeout = 10min;
    const auto records = opened(options);
    Stranger stranger(options.file);
    stranger.run("BEGIN IMMEDIATE");
    Result<CommitOutcome> first = CommitOutcome{};
    std::thread waiting([&] { first = records->commit(creation(1), soon(10min)); });
    // Whichever of the two has the connection, this one is back at its deadline.
    CHECK(records->commit(creation(2), soon(50ms)).error().code == Errc::unavailable);
    stranger.run("ROLLBACK");
    waiting.join();
    CHECK(first->committed);
}

TEST_CASE("a call whose deadline has passed does nothing") {
    const Folder folder;
    const auto records = opened(folder / "records.db");
    CHECK(records->commit(creation(1), soon(-1ms)).error().code == Errc::unavailable);
    CHECK_FALSE(records->session(session(1).id, soon(-1ms)).ok());
    CHECK_FALSE(records->prune(from_micros(1), soon(-1ms)).ok());
    CHECK_FALSE(records->session(session(1).id, soon())->has_value());
}

TEST_CASE("a statement that takes too long is interrupted at the deadline, and its connection goes on") {
    const Folder folder;
    const auto file = folder / "records.db";
    opened(file);
    const auto connection = Connection::open(file, Connection::Use::read, 1s);
    REQUIRE(connection.ok());
    (*connection)->work_until(std::chrono::steady_clock::now() + 50ms);
    const int code =
        (*connection)->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    CHECK(code == SQLITE_INTERRUPT);
    CHECK(failure(code, "test", Effect::read).code == Errc::timeout);
    CHECK(failure(code, "test", Effect::none).code == Errc::unavailable);
    (*connection)->work_until(SteadyTime::max());
    CHECK((*connection)->run("SELECT count(*) FROM video_consultation_sessions") == SQLITE_OK);
}

TEST_CASE(
    "a file that may not grow refuses writes with a clear error, keeps what it has, and goes on when there is room") {
    const Folder folder;
    StoreOptions options;
    options.file = folder / "records.db";
    options.max_size = 300 * 1024;
    const auto records = opened(options);
    int last = 0;
    Result<CommitOutcome> outcome = CommitOutcome{true, 0};
    while (outcome.ok() && last < 10'000) {
        auto batch = creation(++last);
        std::get<VersionedWrite<SessionRecord>>(batch.writes[0]).record.metadata = std::string(4000, 'x');
        outcome = records->commit(batch, soon());
    }
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == Errc::unavailable);
    CHECK(outcome.error().name() == "store_full");
    CHECK_FALSE(*records->was_committed(creation(last).operation, soon()));
    CHECK_FALSE(records->session(session(last).id, soon())->has_value());
    for (int number = 1; number < last; ++number) REQUIRE(records->session(session(number).id, soon())->has_value());
    for (int number = 1; number <= 10; ++number)
        REQUIRE(records
                    ->commit({OperationId("e-" + std::to_string(number)),
                              from_micros(1),
                              {SessionRemoval{session(number).id, 1}},
                              {}},
                             soon())
                    ->committed);
    CHECK(records->commit(creation(last), soon())->committed);
}

TEST_CASE("a commit that the disk refuses is not acknowledged, and the store goes on when there is room") {
    const Folder folder;
    const auto file = folder / "records.db";
    const auto records = opened(file);
    REQUIRE(records->commit(creation(1), soon())->committed);
    {
        const SmallDisk small(std::filesystem::file_size(file + "-wal"));
        const auto outcome = records->commit(creation(2), soon());
        REQUIRE_FALSE(outcome.ok());
        CHECK(outcome.error().code == Errc::timeout);
        CHECK(outcome.error().detail.find("SQLite 778 ") != std::string::npos);
        CHECK_FALSE(*records->was_committed(creation(2).operation, soon()));
        CHECK(records->session(session(1).id, soon())->has_value());
    }
    CHECK(records->commit(creation(2), soon())->committed);
    CHECK(records->commit(creation(3), soon())->committed);
}

TEST_CASE("no error tells a value") {
    const Folder folder;
    const auto records = opened(folder / "records.db");
    Stranger stranger(folder / "records.db");
    REQUIRE(records->commit(creation(1), soon())->committed);
    stranger.run(
        "PRAGMA ignore_check_constraints = ON; UPDATE video_consultation_sessions SET status = 'a-secret-word'");
    const auto spoilt = records->session(session(1).id, soon());
    REQUIRE_FALSE(spoilt.ok());
    CHECK(spoilt.error().code == Errc::internal);
    CHECK((spoilt.error().message + spoilt.error().detail).find("secret") == std::string::npos);
}

TEST_CASE("quality samples are bounded, the oldest goes first") {
    const Folder folder;
    StoreOptions options;
    options.file = folder / "records.db";
    options.quality_per_session = 3;
    const auto records = opened(options);
    REQUIRE(records->commit(creation(1), soon())->committed);
    for (int i = 0; i < 6; ++i)
        REQUIRE(records
                    ->commit({OperationId("q" + std::to_string(i)),
                              from_micros(i),
                              {QualityRecord{session(1).id, AttendeeId("a"), from_micros(i), std::to_string(i)}},
                              {}},
                             soon())
                    ->committed);
    const auto kept = records->quality(session(1).id, 10, soon());
    REQUIRE(kept->size() == 3);
    CHECK(kept->front().sample == "3");
    CHECK(kept->back().sample == "5");
}

TEST_CASE("much that is old is pruned in steps, and all of it goes") {
    const Folder folder;
    const auto records = opened(folder / "records.db");
    RecordBatch batch{OperationId("old"), from_micros(1), {}, {}};
    for (int i = 0; i < 1700; ++i) batch.events.push_back({0, "old", from_micros(i), SessionId("s"), "{}"});
    REQUIRE(records->commit(batch, soon())->committed);
    REQUIRE(records->prune(from_micros(1600), soon()).ok());
    CHECK(records->events(0, 10'000, soon())->size() == 100);
    CHECK_FALSE(*records->was_committed(OperationId("old"), soon()));
}
