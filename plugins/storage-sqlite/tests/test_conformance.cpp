#include "store_in_folder.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;

namespace {

struct Records final : testkit::RecordStoreSubject {
    RecordStore& store() override { return *records; }
    CallContext context() override { return soon(); }
    Folder folder;
    std::unique_ptr<SqliteRecords> records = opened(folder / "records.db");
};

/// Closes the file and opens it again now and then, between two calls.
struct Reopened final : testkit::RecordStoreSubject {
    RecordStore& store() override {
        if (++calls % 3 == 0) {
            records.reset();
            records = opened(folder / "records.db");
        }
        return *records;
    }
    CallContext context() override { return soon(); }
    Folder folder;
    int calls = 0;
    std::unique_ptr<SqliteRecords> records = opened(folder / "records.db");
};

}  // namespace

TEST_CASE("records in a file are a record store") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Records subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("records in a file are a record store, too, when the file is closed and opened between the calls") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Reopened subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}
