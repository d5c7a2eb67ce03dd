#include "schema.hpp"

#include <atomic>
#include <thread>

#include "store_in_database.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;

namespace {

constexpr Migration kFirst{1, "first", "aa", "CREATE TABLE one (a text); CREATE INDEX one_by_a ON one (a);"};
constexpr Migration kSecond{2, "second", "bb", "CREATE TABLE two (a text); INSERT INTO two VALUES ('x');"};
constexpr Migration kBroken{2, "second", "cc", "CREATE TABLE two (a text); SELECT nonsense;"};

Result<void> bring_up(Connection& connection, std::vector<Migration> wanted) {
    return migrate(connection, wanted);
}

Error refused(const std::string& url) {
    PostgresRecords records(StoreOptions{settings_of(url), 1, 500});
    const auto done = records.open(soon());
    REQUIRE_FALSE(done.ok());
    return done.error();
}

}  // namespace

TEST_CASE("the migrations of this build are numbered from 1 without gaps") {
    int number = 0;
    for (const auto& migration : known_migrations()) {
        CHECK(migration.number == ++number);
        CHECK(migration.checksum.size() == 64);
    }
    CHECK(number > 0);
}

TEST_CASE("a database without a schema is refused with the command that makes it, and opens after it") {
    const auto url = shared_server().make_database();
    const auto fault = refused(url);
    CHECK(fault.code == Errc::conflict);
    CHECK(fault.message ==
          "the database lacks migration 0001_initial: make a backup, then run `televisitctl db migrate --config FILE`");
    REQUIRE(migrate(*connected(url), known_migrations()).ok());
    opened(url);
}

TEST_CASE("each migration is noted with number, name, checksum and time") {
    const auto connection = connected(shared_server().make_database());
    REQUIRE(bring_up(*connection, {kFirst, kSecond}).ok());
    REQUIRE(bring_up(*connection, {kFirst, kSecond}).ok());
    const auto applied = applied_migrations(*connection);
    REQUIRE(applied.ok());
    REQUIRE(applied->size() == 2);
    CHECK((*applied)[1].number == 2);
    CHECK((*applied)[1].name == "second");
    CHECK((*applied)[1].checksum == "bb");
    CHECK((*applied)[1].at.has_value());
}

TEST_CASE("a migration that fails leaves the database as the one before it did") {
    const auto connection = connected(shared_server().make_database());
    const auto failed = bring_up(*connection, {kFirst, kBroken});
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().detail.find("apply 0002_second: PostgreSQL 42703") != std::string::npos);
    CHECK(applied_migrations(*connection)->size() == 1);
    CHECK(connection->run("SELECT a FROM two").state() == "42P01");
    CHECK(bring_up(*connection, {kFirst, kSecond}).ok());
}

TEST_CASE("a newer schema, an altered migration and tables of an earlier service are refused with what to do") {
    const auto connection = connected(shared_server().make_database());
    REQUIRE(bring_up(*connection, {kFirst, kSecond}).ok());
    const std::vector<Migration> older{kFirst};
    CHECK(check_schema(*connection, older).error().message.find("has the schema of a newer server (0002_second)") !=
          std::string::npos);
    const std::vector<Migration> altered{{1, "first", "dd", ""}};
    CHECK(check_schema(*connection, altered).error().message.find("0001_first was another one") != std::string::npos);
    CHECK_FALSE(migrate(*connection, altered).ok());

    const auto earlier = connected(shared_server().make_database());
    REQUIRE(earlier->run("CREATE TABLE video_consultation_sessions (id uuid)").ok());
    CHECK(check_schema(*earlier, older).error().message.find("has tables of an earlier service") != std::string::npos);
    CHECK_FALSE(migrate(*earlier, older).ok());
}

TEST_CASE("of several runners at once one migrates, and the others find it done") {
    const auto url = shared_server().make_database();
    const auto settings = settings_of(url);
    std::atomic<int> failed{0};
    std::vector<std::thread> runners;
    for (int i = 0; i < 4; ++i)
        runners.emplace_back([&] {
            const auto connection = Connection::open(settings, soon().deadline);
            if (!connection.ok() || !migrate(**connection, known_migrations())) ++failed;
        });
    for (auto& runner : runners) runner.join();
    CHECK(failed == 0);
    CHECK(applied_migrations(*connected(url))->size() == known_migrations().size());
}

TEST_CASE("the script of what is left can be run by hand, and is then noted") {
    const auto url = shared_server().make_database();
    const auto connection = connected(url);
    REQUIRE(connection->run(migration_script(known_migrations(), {})).ok());
    CHECK(migration_script(known_migrations(), *applied_migrations(*connection)).empty());
    opened(url);
}

TEST_CASE("a database that cannot hold records is refused") {
    REQUIRE(connected(shared_server().url("postgres"))
                ->run("CREATE DATABASE old_letters ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
                .ok());
    CHECK(refused(shared_server().url("old_letters")).message ==
          "this database cannot hold records: its encoding is not UTF8");
}

TEST_CASE("tables may be in a schema of their own") {
    const auto url = shared_server().make_database();
    REQUIRE(connected(url)->run("CREATE SCHEMA visits").ok());
    const auto inside = url + "&options=-csearch_path%3Dvisits";
    REQUIRE(migrate(*connected(inside), known_migrations()).ok());
    REQUIRE(opened(inside)->commit(creation(1), soon())->committed);
    CHECK(refused(url).code == Errc::conflict);
}
