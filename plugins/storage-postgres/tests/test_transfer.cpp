#include "postgres_transfer.hpp"
#include "store_in_database.hpp"
#include "televisit/testkit/fake_config.hpp"
#include "televisit/testkit/record_transfer_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_postgres;
using namespace televisit::storage_postgres::testing;
using namespace std::chrono_literals;

namespace {

testkit::FakeConfig config(const std::string& url) {
    return {{"url", url}, {"password", ""}, {"connect_timeout", 10s}, {"statement_timeout", 10s}};
}

struct Transfers final : testkit::RecordTransferSubject {
    RecordStore& store() override { return *records; }
    RecordTransfer& transfer() override { return source; }
    RecordStore& other_store() override { return *others; }
    RecordTransfer& other_transfer() override { return target; }
    bool other_opens() override { return PostgresRecords(StoreOptions{settings_of(to), 1, 500}).open(soon()).ok(); }
    CallContext context() override { return soon(); }
    std::string from = shared_server().make_tables();
    std::string to = shared_server().make_tables();
    std::unique_ptr<PostgresRecords> records = opened(from);
    std::unique_ptr<PostgresRecords> others = opened(to);
    PostgresTransfer source{config(from)};
    PostgresTransfer target{config(to)};
};

}  // namespace

TEST_CASE("the records of a database can be moved") {
    for (const auto& part : testkit::record_transfer_parts()) DYNAMIC_SECTION(part.name) {
            Transfers subject;
            CHECK(failures_of(part, static_cast<testkit::RecordTransferSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("a database without the tables is told the command that helps") {
    PostgresTransfer transfer(config(shared_server().make_database()));
    for (const auto& answer : {transfer.open_source(soon()), transfer.open_target(soon())}) {
        REQUIRE_FALSE(answer.ok());
        CHECK_THAT(answer.error().message, Catch::Contains("televisitctl db migrate"));
    }
}
