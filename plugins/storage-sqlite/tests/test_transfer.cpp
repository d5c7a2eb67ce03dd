#include "transfers_in_folder.hpp"

using namespace televisit;
using namespace televisit::storage_sqlite;
using namespace televisit::storage_sqlite::testing;

TEST_CASE("the records of a file can be moved") {
    for (const auto& part : testkit::record_transfer_parts()) DYNAMIC_SECTION(part.name) {
            Transfers subject;
            CHECK(failures_of(part, static_cast<testkit::RecordTransferSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("a file that is not there is made as a target alone") {
    const Folder folder;
    SqliteTransfer transfer(testkit::FakeConfig{{"path", folder / "none.db"}});
    const auto refused = transfer.open_source(soon());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "there is no file " + (folder / "none.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "none.db"));
    REQUIRE(transfer.open_target(soon()).ok());
    CHECK(*transfer.empty(soon()));
    CHECK(opened(folder / "none.db")->commit(creation(1), soon())->committed);
}

TEST_CASE("a file of something else is neither source nor target") {
    const Folder folder;
    std::ofstream(folder / "text.db") << std::string(4096, 'x');
    SqliteTransfer transfer(testkit::FakeConfig{{"path", folder / "text.db"}});
    for (const auto& answer : {transfer.open_source(soon()), transfer.open_target(soon())}) {
        REQUIRE_FALSE(answer.ok());
        CHECK_THAT(answer.error().message, Catch::Contains("text.db"));
    }
}
