#pragma once
/// A store with keys of its own on a Redis that writes to its disk first, and records to write.

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "redis_records.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "throwaway_server.hpp"

namespace televisit::storage_redis::testing {

inline CallContext soon(std::chrono::milliseconds patience = std::chrono::seconds{120}) {
    return {in_time(patience), RequestId{"test"}};
}

/// No other store of the process has it.
inline std::string new_prefix() {
    static int made = 0;
    return "t" + std::to_string(++made) + ":";
}

struct StoreInRedis {
    explicit StoreInRedis(const ThrowawayServer& server = shared_durable_server(), std::size_t connections = 8)
        : pool(durable(server.settings()), connections) {
        const auto opened = check_form(pool, prefix, in_time());
        INFO((opened ? "" : opened.error().detail));
        REQUIRE(opened.ok());
    }
    static ConnectionSettings durable(ConnectionSettings settings) {
        settings.durable = true;
        return settings;
    }

    std::string prefix = new_prefix();
    testkit::ManualClock clock;
    ConnectionPool pool;
    RedisRecords records{pool, clock, prefix, 500};
};

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

}  // namespace televisit::storage_redis::testing
