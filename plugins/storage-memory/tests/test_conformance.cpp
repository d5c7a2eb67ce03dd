#include <catch2/catch.hpp>

#include "loopback_backplane.hpp"
#include "memory_presence.hpp"
#include "memory_records.hpp"
#include "televisit/testkit/backplane_conformance.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/presence_store_conformance.hpp"
#include "televisit/testkit/record_store_conformance.hpp"

using namespace televisit;
using namespace televisit::storage_memory;

namespace {

CallContext soon() {
    return {std::chrono::steady_clock::now() + std::chrono::seconds{10}, RequestId{"test"}};
}

struct Records final : testkit::RecordStoreSubject {
    RecordStore& store() override { return records; }
    CallContext context() override { return soon(); }
    MemoryRecords records;
};

struct Presence final : testkit::PresenceStoreSubject {
    PresenceStore& store() override { return presence; }
    CallContext context() override { return soon(); }
    Instant now() override { return clock.now(); }
    testkit::ManualClock clock;
    MemoryPresence presence{clock};
};

struct Loopback final : testkit::BackplaneSubject {
    Loopback() { backplane.start(); }
    std::size_t nodes() override { return 1; }
    Backplane& node(std::size_t) override { return backplane; }
    CallContext context() override { return soon(); }
    LoopbackBackplane backplane{{}};
};

}  // namespace

TEST_CASE("records in memory are a record store") {
    for (const auto& part : testkit::record_store_parts()) DYNAMIC_SECTION(part.name) {
            Records subject;
            CHECK(failures_of(part, static_cast<testkit::RecordStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("presence in memory is a presence store") {
    for (const auto& part : testkit::presence_store_parts()) DYNAMIC_SECTION(part.name) {
            Presence subject;
            CHECK(failures_of(part, static_cast<testkit::PresenceStoreSubject&>(subject)) == testkit::Failures{});
        }
}

TEST_CASE("the loopback is a backplane") {
    for (const auto& part : testkit::backplane_parts()) DYNAMIC_SECTION(part.name) {
            Loopback subject;
            CHECK(failures_of(part, static_cast<testkit::BackplaneSubject&>(subject)) == testkit::Failures{});
        }
}
