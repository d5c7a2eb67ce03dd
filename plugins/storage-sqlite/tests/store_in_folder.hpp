#pragma once
/// A store whose file lies in a folder of its own, removed at the end.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "sqlite_records.hpp"

namespace televisit::storage_sqlite::testing {

class Folder {
  public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "televisit-sqlite-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

inline CallContext soon(std::chrono::milliseconds patience = std::chrono::seconds{20}) {
    return {std::chrono::steady_clock::now() + patience, RequestId{"test"}};
}

inline std::unique_ptr<SqliteRecords> opened(StoreOptions options) {
    auto records = std::make_unique<SqliteRecords>(std::move(options));
    const auto done = records->open(from_micros(1));
    INFO((done.ok() ? std::string() : done.error().message + done.error().detail));
    REQUIRE(done.ok());
    return records;
}

inline std::unique_ptr<SqliteRecords> opened(const std::string& file) {
    StoreOptions options;
    options.file = file;
    return opened(std::move(options));
}

inline SessionRecord session(int number) {
    SessionRecord record;
    record.id = SessionId("s-" + std::to_string(number));
    record.room_id = RoomId("r-" + std::to_string(number));
    record.created_at = record.updated_at = from_micros(number);
    return record;
}

/// Writes a session with its event, under the operation id "o-<number>".
inline RecordBatch creation(int number) {
    const auto record = session(number);
    return {OperationId("o-" + std::to_string(number)),
            record.created_at,
            {VersionedWrite<SessionRecord>{record, 0}},
            {{0, std::to_string(number), record.created_at, record.id, "{}"}}};
}

}  // namespace televisit::storage_sqlite::testing
