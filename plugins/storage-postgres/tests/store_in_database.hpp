#pragma once
/// A store on a database of its own, and records to write.

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "postgres_records.hpp"
#include "throwaway_server.hpp"

namespace televisit::storage_postgres::testing {

inline CallContext soon(std::chrono::milliseconds patience = std::chrono::seconds{120}) {
    return {std::chrono::steady_clock::now() + patience, RequestId{"test"}};
}

inline ConnectionSettings settings_of(const std::string& url) {
    auto settings = read_settings(url, "");
    REQUIRE(settings.ok());
    return *std::move(settings);
}

inline std::unique_ptr<PostgresRecords> opened(const std::string& url, std::size_t connections = 8) {
    auto records = std::make_unique<PostgresRecords>(StoreOptions{settings_of(url), connections, 500});
    const auto done = records->open(soon());
    INFO((done ? std::string() : done.error().message + done.error().detail));
    REQUIRE(done.ok());
    return records;
}

inline std::unique_ptr<PostgresRecords> opened() {
    return opened(shared_server().make_tables());
}

/// A connection beside those of the store.
inline std::unique_ptr<Connection> connected(const std::string& url) {
    auto connection = Connection::open(settings_of(url), soon().deadline);
    REQUIRE(connection.ok());
    return std::move(*connection);
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

}  // namespace televisit::storage_postgres::testing
