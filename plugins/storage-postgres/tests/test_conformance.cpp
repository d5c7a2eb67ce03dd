#include "store_in_database.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;

namespace {

struct Records final : testkit::RecordStoreSubject {
    RecordStore& store() override { return *records; }
    CallContext context() override { return soon(); }
    bool take_away() override {
        shared_server().kill();
        return true;
    }
    void bring_back() override { shared_server().start(); }
    std::unique_ptr<PostgresRecords> records = opened();
};

/// What an administrator may have set for the user or the database, and records must not depend on.
constexpr char kOtherSettings[] =
    "%20-ctimezone%3DAsia/Kathmandu%20-cdatestyle%3DSQL,DMY%20-cdefault_transaction_isolation%3Dserializable"
    "%20-csynchronous_commit%3Doff%20-cbytea_output%3Descape%20-clc_messages%3DC";

struct Adjusted final : testkit::RecordStoreSubject {
    RecordStore& store() override { return *records; }
    CallContext context() override { return soon(); }
    std::unique_ptr<PostgresRecords> records = opened(shared_server().make_tables(kOtherSettings));
};

}  // namespace

TEST_CASE("records in PostgreSQL are a record store") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Records subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("records in PostgreSQL are a record store, too, in a database with other settings") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Adjusted subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("every byte of a text comes back, also those that PostgreSQL cannot hold") {
    const auto records = opened();
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    auto record = session(1);
    record.metadata = all + "\x1a" + "00" + all;
    REQUIRE(records->commit({OperationId(), from_micros(1), {VersionedWrite<SessionRecord>{record, 0}}, {}}, soon())
                ->committed);
    CHECK((*records->session(record.id, soon()))->metadata == record.metadata);
}

TEST_CASE("instants keep their microseconds from the year 1 to the year 9999") {
    const auto records = opened();
    int number = 0;
    for (const std::int64_t micros :
         {-62'135'596'800'000'000, -1L, 0L, 1L, 946'684'799'999'999, 1'769'335'200'123'456, 253'402'300'799'999'999}) {
        auto record = session(++number);
        record.due_at = from_micros(micros);
        REQUIRE(records->commit({OperationId(), from_micros(1), {VersionedWrite<SessionRecord>{record, 0}}, {}}, soon())
                    ->committed);
        CHECK((*records->session(record.id, soon()))->due_at == record.due_at);
    }
    CHECK(records->due(Instant::max(), 100, soon())->size() == static_cast<std::size_t>(number));
    CHECK(records->due(Instant::min(), 100, soon())->empty());
}

TEST_CASE("minutes are numbers with two decimals, exactly") {
    const auto url = shared_server().make_tables();
    const auto records = opened(url);
    REQUIRE(records->commit(creation(1), soon())->committed);
    const MetricsRecord metrics{"m", SessionId("s-1"), 2905, 2, from_micros(1)};
    REQUIRE(records->commit({OperationId(), from_micros(1), {metrics}, {}}, soon())->committed);
    CHECK((*records->metrics(SessionId("s-1"), soon()))->session_duration_hundredths == 2905);
    const auto admin = connected(url);
    const auto text = Statement(*admin, "SELECT session_duration_minutes::text FROM video_consultation_metrics").run();
    REQUIRE(text.ok());
    CHECK(text.row(0).text() == "29.05");
}

TEST_CASE("a session may change even what it is found by") {
    const auto records = opened();
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
