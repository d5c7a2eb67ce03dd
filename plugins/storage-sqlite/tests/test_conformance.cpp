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

TEST_CASE("a session may change even what it is found by") {
    const Folder folder;
    const auto records = opened(folder / "records.db");
    REQUIRE(records->commit(creation(1), soon())->committed);
    auto changed = session(1);
    changed.room_id = RoomId("another");
    changed.doctor_id = UserId("another");
    changed.doctor_token = "another";
    const auto write = [&](Version expected) {
        return *records->commit({OperationId(), from_micros(1), {VersionedWrite<SessionRecord>{changed, expected}}, {}},
                                soon());
    };
    CHECK_FALSE(write(2).committed);
    CHECK(write(1).committed);
    CHECK(records->session_by_room(RoomId("another"), soon())->has_value());
    CHECK_FALSE(records->session_by_room(RoomId("r-1"), soon())->has_value());
    CHECK(records->session_by_token("another", soon())->has_value());
    REQUIRE(records->commit(creation(2), soon())->committed);
    changed.room_id = RoomId("r-2");
    CHECK_FALSE(write(2).committed);
}
