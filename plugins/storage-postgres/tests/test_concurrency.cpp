#include <atomic>
#include <thread>

#include "store_in_database.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;

namespace {

/// Raises both sessions' generation in one batch, again until it wins. False when a call failed.
bool raise_both(PostgresRecords& records, const std::string& name) {
    for (int attempt = 0;; ++attempt) {
        RecordBatch batch{OperationId(name + '-' + std::to_string(attempt)), from_micros(1), {}, {}};
        for (int number : {1, 2}) {
            auto found = records.session(session(number).id, soon());
            if (!found.ok() || !*found) return false;
            ++(*found)->token_generation;
            const auto version = (*found)->version;
            batch.writes.emplace_back(VersionedWrite<SessionRecord>{std::move(**found), version});
        }
        batch.events.push_back({0, name, from_micros(1), SessionId("s-1"), "{}"});
        const auto outcome = records.commit(batch, soon());
        if (!outcome.ok()) return false;
        if (outcome->committed) return true;
    }
}

}  // namespace

TEST_CASE("four threads of conditional writes lose nothing, tear nothing, and tell it in the order of commits") {
    const auto records = opened();
    REQUIRE(records->commit(creation(1), soon())->committed);
    REQUIRE(records->commit(creation(2), soon())->committed);
    constexpr int kThreads = 4;
    constexpr int kRounds = 25;
    std::atomic<int> failed{0};
    std::atomic<int> torn{0};
    std::atomic<bool> done{false};
    std::thread reader([&] {
        std::uint64_t last = 0;
        while (!done) {
            const auto events = records->events(last, 100, soon());
            if (!events.ok()) {
                ++failed;
                return;
            }
            for (const auto& event : *events) {
                if (event.cursor <= last) ++torn;
                last = event.cursor;
            }
        }
    });
    std::vector<std::thread> writers;
    for (int thread = 0; thread < kThreads; ++thread)
        writers.emplace_back([&, thread] {
            for (int round = 0; round < kRounds; ++round)
                if (!raise_both(*records, std::to_string(thread) + '.' + std::to_string(round))) ++failed;
        });
    for (auto& writer : writers) writer.join();
    done = true;
    reader.join();
    CHECK(failed == 0);
    CHECK(torn == 0);
    for (int number : {1, 2}) {
        const auto kept = records->session(session(number).id, soon());
        CHECK((*kept)->version == kThreads * kRounds + 1);
        CHECK((*kept)->token_generation == kThreads * kRounds + 1);
    }
    CHECK(records->events(0, 1000, soon())->size() == kThreads * kRounds + 2);
}

TEST_CASE("two stores on one database see each other's commits, and none is lost") {
    const auto url = shared_server().make_tables();
    const auto one = opened(url);
    const auto two = opened(url);
    REQUIRE(one->commit(creation(1), soon())->committed);
    REQUIRE(two->commit(creation(2), soon())->committed);
    std::atomic<int> failed{0};
    const auto work = [&](PostgresRecords& records, const std::string& name) {
        for (int round = 0; round < 15; ++round)
            if (!raise_both(records, name + std::to_string(round))) ++failed;
    };
    std::thread other([&] { work(*two, "b"); });
    work(*one, "a");
    other.join();
    CHECK(failed == 0);
    CHECK((*one->session(SessionId("s-1"), soon()))->version == 31);
    CHECK((*two->session(SessionId("s-2"), soon()))->version == 31);
}
