#pragma once
/// Two files, and what moves records between them.

#include "sqlite_transfer.hpp"
#include "store_in_folder.hpp"
#include "televisit/testkit/fake_config.hpp"
#include "televisit/testkit/record_transfer_conformance.hpp"

namespace televisit::storage_sqlite::testing {

struct Transfers : testkit::RecordTransferSubject {
    RecordStore& store() override { return *records; }
    RecordTransfer& transfer() override { return source; }
    RecordStore& other_store() override { return *others; }
    RecordTransfer& other_transfer() override { return target; }
    bool other_opens() override {
        StoreOptions options;
        options.file = folder / "b.db";
        return SqliteRecords(std::move(options)).open(from_micros(1)).ok();
    }
    CallContext context() override { return soon(); }
    Folder folder;
    std::unique_ptr<SqliteRecords> records = opened(folder / "a.db");
    std::unique_ptr<SqliteRecords> others = opened(folder / "b.db");
    SqliteTransfer source{testkit::FakeConfig{{"path", folder / "a.db"}}};
    SqliteTransfer target{testkit::FakeConfig{{"path", folder / "b.db"}}};
};

}  // namespace televisit::storage_sqlite::testing
