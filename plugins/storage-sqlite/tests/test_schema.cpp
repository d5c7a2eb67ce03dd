#include <sqlite3.h>
#include <sys/stat.h>

#include <thread>

#include "store_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;
using namespace std::chrono_literals;

namespace {

constexpr Migration kFirst{1, "first", "aa", "CREATE TABLE one (a TEXT) STRICT;"};
constexpr Migration kSecond{2, "second", "bb", "CREATE TABLE two (a TEXT) STRICT; INSERT INTO two VALUES ('x');"};
constexpr Migration kBroken{2, "broken", "cc", "CREATE TABLE two (a TEXT) STRICT; CREATE TABEL three (a TEXT);"};

std::unique_ptr<Connection> connect(const std::string& file) {
    auto connection = Connection::open(file, Connection::Use::write, 10s);
    REQUIRE(connection.ok());
    return std::move(*connection);
}

Result<void> migrate(const std::string& file, const std::vector<Migration>& wanted) {
    std::ofstream(file, std::ios::app).close();
    return storage_sqlite::migrate(*connect(file), wanted, from_micros(77), file);
}

Result<int> start(const std::string& file, const std::vector<Migration>& wanted) {
    return make_or_check(*connect(file), wanted, from_micros(77), file);
}

Error refused(const std::string& file) {
    StoreOptions options;
    options.file = file;
    SqliteRecords records(options);
    const auto opened = records.open(from_micros(1));
    REQUIRE_FALSE(opened.ok());
    return opened.error();
}

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a new file is made for its owner alone, with the schema and a note of it, and opens again") {
    const Folder folder;
    const auto file = folder / "records.db";
    {
        const auto records = opened(file);
        REQUIRE(records->commit(creation(1), soon())->committed);
        for (const auto* part : {"", "-wal", "-shm"}) {
            struct stat status {};
            REQUIRE(::stat((file + part).c_str(), &status) == 0);
            CHECK((status.st_mode & 0777) == 0600);
        }
        const auto connection = connect(file);
        auto note = connection->statement("SELECT number, name, checksum, applied_at FROM schema_migrations");
        REQUIRE(note.step() == SQLITE_ROW);
        auto row = note.row();
        CHECK(row.integer() == 1);
        CHECK(row.text() == "initial");
        CHECK(row.text() == known_migrations().front().checksum);
        CHECK(row.time() == from_micros(1));
    }
    CHECK(opened(file)->session(session(1).id, soon())->has_value());
}

TEST_CASE("the migrations of this build are numbered from 1 without gaps") {
    int number = 0;
    for (const auto& migration : known_migrations()) {
        CHECK(migration.number == ++number);
        CHECK(migration.checksum.size() == 64);
    }
    CHECK(number > 0);
}

TEST_CASE("a file with an older schema is refused with what to do, and migrated it keeps what it has") {
    const Folder folder;
    const auto file = folder / "x.db";
    REQUIRE(migrate(file, {kFirst}).ok());
    REQUIRE(connect(file)->run("INSERT INTO one VALUES ('kept')") == SQLITE_OK);
    const auto old = start(file, {kFirst, kSecond});
    REQUIRE_FALSE(old.ok());
    CHECK(old.error().message ==
          file + " lacks migration 0002_second: make a backup, then run `televisitctl db migrate --config FILE`");
    REQUIRE(migrate(file, {kFirst, kSecond}).ok());
    REQUIRE(migrate(file, {kFirst, kSecond}).ok());
    REQUIRE(*start(file, {kFirst, kSecond}) == 2);
    const auto connection = connect(file);
    auto both = connection->statement("SELECT one.a, two.a FROM one, two");
    REQUIRE(both.step() == SQLITE_ROW);
    auto row = both.row();
    CHECK(row.text() == "kept");
    CHECK(row.text() == "x");
    CHECK(both.step() == SQLITE_DONE);
}

TEST_CASE("the script of migrations does what migrating does, the note of it included") {
    const Folder folder;
    const auto file = folder / "x.db";
    std::ofstream(file).close();
    const std::vector<Migration> both{kFirst, kSecond};
    REQUIRE(connect(file)->run_script(migration_script(both, {})) == SQLITE_OK);
    CHECK(*start(file, both) == 2);
    const auto connection = connect(file);
    const auto applied = applied_migrations(*connection, file);
    REQUIRE(applied.ok());
    CHECK(applied->at(1).at > from_micros(0));
    CHECK(migration_script(both, *applied).empty());
}

TEST_CASE("of several who migrate at once each migration is applied by one") {
    const Folder folder;
    const auto file = folder / "x.db";
    std::vector<std::string> failures(4);
    std::vector<std::thread> runners;
    for (auto& failure : failures)
        runners.emplace_back([&] {
            const auto done = migrate(file, {kFirst, kSecond});
            if (!done) failure = done.error().message + done.error().detail;
        });
    for (auto& runner : runners) runner.join();
    for (const auto& failure : failures) CHECK(failure == "");
    CHECK(*start(file, {kFirst, kSecond}) == 2);
}

TEST_CASE("a migration that fails leaves the file as it was") {
    const Folder folder;
    const auto file = folder / "x.db";
    REQUIRE(migrate(file, {kFirst}).ok());
    CHECK(migrate(file, {kFirst, kBroken}).error().code == Errc::internal);
    CHECK(*start(file, {kFirst}) == 1);
    CHECK(connect(file)->run("SELECT a FROM two") == SQLITE_ERROR);
    CHECK(migrate(file, {kFirst, kSecond}).ok());
}

TEST_CASE("a schema newer than the server is refused with what to do") {
    const Folder folder;
    const auto file = folder / "x.db";
    REQUIRE(migrate(file, {kFirst, kSecond}).ok());
    const auto newer = start(file, {kFirst});
    REQUIRE_FALSE(newer.ok());
    CHECK(newer.error().message == file +
                                       " has the schema of a newer server (0002_second): start that server again, or "
                                       "restore the backup made before it was installed");
}

TEST_CASE("a migration that was another one is refused with what to do") {
    const Folder folder;
    const auto file = folder / "x.db";
    REQUIRE(migrate(file, {kFirst}).ok());
    auto changed = kFirst;
    changed.checksum = "dd";
    CHECK(start(file, {changed}).error().message ==
          file + ": migration 0001_first was another one than this server's: start the server that made it");
    REQUIRE(connect(file)->run("UPDATE schema_migrations SET number = 2") == SQLITE_OK);
    CHECK(start(file, {kFirst, kSecond}).error().message == file + " lacks migration 0001: restore it from a backup");
}

TEST_CASE("a file that holds something else is refused, and left as it is") {
    const Folder folder;
    const auto file = folder / "records.db";
    std::ofstream(file).close();
    REQUIRE(connect(file)->run("CREATE TABLE recipes (name TEXT)") == SQLITE_OK);
    const auto before = bytes_of(file);
    CHECK(refused(file).message == file + " is a database of something else: name another file in `path`");
    CHECK(bytes_of(file) == before);

    const auto text = folder / "letter.txt";
    std::ofstream(text) << std::string(5000, 'a');
    const auto fault = refused(text);
    CHECK(fault.code == Errc::unavailable);
    CHECK(fault.detail.find("SQLite 26 ") != std::string::npos);
    CHECK(bytes_of(text) == std::string(5000, 'a'));
}

TEST_CASE("a path that cannot be is named") {
    const Folder folder;
    CHECK(refused(folder / "absent/records.db").message ==
          "cannot make " + (folder / "absent/records.db") + ": No such file or directory");
    CHECK(refused(folder / "").message.find("directory") != std::string::npos);
}

TEST_CASE("two servers that start at once on a new file agree on one schema") {
    for (int round = 0; round < 10; ++round) {
        const Folder folder;
        const auto file = folder / "records.db";
        const auto start = [&] {
            StoreOptions options;
            options.file = file;
            SqliteRecords records(options);
            const auto opened = records.open(from_micros(1));
            return opened.ok() ? std::string() : opened.error().message + opened.error().detail;
        };
        std::string other_failure;
        std::thread other([&] { other_failure = start(); });
        CHECK(start() == "");
        other.join();
        CHECK(other_failure == "");
    }
}
