/// What was acknowledged is there after the process was killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "store_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;

namespace {

/// Commits one session after the other and tells each that was acknowledged, until it is killed.
[[noreturn]] void commit_until_killed(const std::string& file, int first, int tell) {
    StoreOptions options;
    options.file = file;
    SqliteRecords records(std::move(options));
    if (!records.open(from_micros(1)).ok()) ::_exit(1);
    for (int number = first;; ++number) {
        const auto outcome = records.commit(creation(number), soon());
        if (!outcome.ok() || !outcome->committed) ::_exit(2);
        if (::write(tell, &number, sizeof number) != sizeof number) ::_exit(3);
        if (number % 7 == 0 && !records.checkpoint(soon())) ::_exit(4);
    }
}

/// Runs such a process, and kills it once it has acknowledged so many. The last one acknowledged.
int killed_after(const std::string& file, int first, int count) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        commit_until_killed(file, first, ends[1]);
    }
    ::close(ends[1]);
    int last = first - 1;
    for (int heard = 0; heard < count && ::read(ends[0], &last, sizeof last) == sizeof last;) ++heard;
    ::kill(child, SIGKILL);
    // What it told before it died counts as well.
    while (::read(ends[0], &last, sizeof last) == sizeof last) {
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    return last;
}

}  // namespace

TEST_CASE("whatever was acknowledged before kill -9 is there afterwards, whole and once") {
    const Folder folder;
    const auto file = folder / "records.db";
    std::mt19937 random(20260125);
    int last = 0;
    for (int round = 0; round < 12; ++round) {
        const int acknowledged = killed_after(file, last + 1, std::uniform_int_distribution(1, 40)(random));
        REQUIRE(acknowledged > last);
        const auto records = opened(file);
        // The one under way at the end may have been committed without a word.
        const bool one_more = *records->was_committed(creation(acknowledged + 1).operation, soon());
        last = acknowledged + (one_more ? 1 : 0);
        for (int number = 1; number <= last; ++number) {
            const auto kept = records->session(session(number).id, soon());
            REQUIRE(kept.ok());
            REQUIRE(kept->has_value());
            REQUIRE((*kept)->version == 1);
            REQUIRE(*records->was_committed(creation(number).operation, soon()));
        }
        CHECK_FALSE(records->session(session(last + 1).id, soon())->has_value());
        const auto events = records->events(0, 10'000, soon());
        REQUIRE(events->size() == static_cast<std::size_t>(last));
        for (int number = 1; number <= last; ++number)
            REQUIRE((*events)[static_cast<std::size_t>(number) - 1].type == std::to_string(number));
    }
}

TEST_CASE("a batch committed again after a crash has the outcome of the first time") {
    const Folder folder;
    const auto file = folder / "records.db";
    const int last = killed_after(file, 1, 3);
    const auto records = opened(file);
    for (int number = 1; number <= last; ++number) CHECK(records->commit(creation(number), soon())->committed);
    CHECK((*records->session(session(1).id, soon()))->version == 1);
    const auto other = RecordBatch{OperationId("other"), from_micros(1), creation(1).writes, {}};
    CHECK_FALSE(records->commit(other, soon())->committed);
}

TEST_CASE("the log moves into the database while the store is open") {
    const Folder folder;
    const auto file = folder / "records.db";
    const auto records = opened(file);
    const auto before = std::filesystem::file_size(file);
    for (int number = 1; number <= 200; ++number) REQUIRE(records->commit(creation(number), soon())->committed);
    CHECK(std::filesystem::file_size(file) == before);
    REQUIRE(records->checkpoint(soon()).ok());
    CHECK(std::filesystem::file_size(file) > before);
}
