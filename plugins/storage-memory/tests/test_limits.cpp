#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "loopback_backplane.hpp"
#include "memory_presence.hpp"
#include "memory_records.hpp"
#include "televisit/testkit/manual_clock.hpp"

using namespace televisit;
using namespace televisit::storage_memory;
using namespace std::chrono_literals;

namespace {

CallContext soon() {
    return {std::chrono::steady_clock::now() + 10s, RequestId{"test"}};
}

SessionRecord session(int number, SessionStatus status = SessionStatus::scheduled) {
    SessionRecord record;
    record.id = SessionId("s-" + std::to_string(number));
    record.room_id = RoomId("r-" + std::to_string(number));
    record.status = status;
    record.updated_at = record.created_at = from_micros(number);
    return record;
}

Result<CommitOutcome> add(MemoryRecords& records, const SessionRecord& record, Version expected = 0) {
    static int operations = 0;
    return records.commit({OperationId(std::to_string(++operations)),
                           record.created_at,
                           {VersionedWrite<SessionRecord>{record, expected}},
                           {}},
                          soon());
}

Truth room(const std::string& name, std::uint64_t seq, Instant expires, bool occupied) {
    RoomPresence truth{RoomId(name), seq, false, {}, expires};
    if (occupied) truth.stays.emplace_back().id = StayId("s");
    return std::make_shared<const RoomPresence>(std::move(truth));
}

/// Holds the delivering thread up until it is let go.
struct Stuck final : BackplaneListener {
    void on_message(const BackplaneMessage&) override {
        std::unique_lock lock(mutex);
        ++calls;
        changed.notify_all();
        changed.wait(lock, [this] { return free; });
    }
    void on_link(bool) override {}
    void wait_until_called() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return calls > 0; });
    }
    void let_go() {
        const std::lock_guard lock(mutex);
        free = true;
        changed.notify_all();
    }
    std::mutex mutex;
    std::condition_variable changed;
    bool free = false;
    int calls = 0;
};

}  // namespace

TEST_CASE("sessions that are over make room for new ones, the longest over first") {
    MemoryRecords records({.sessions = 3});
    REQUIRE(add(records, session(1, SessionStatus::completed))->committed);
    REQUIRE(add(records, session(2, SessionStatus::cancelled))->committed);
    REQUIRE(add(records, session(3))->committed);
    REQUIRE(add(records, session(4))->committed);
    CHECK_FALSE(records.session(SessionId("s-1"), soon())->has_value());
    CHECK(records.session(SessionId("s-2"), soon())->has_value());
    REQUIRE(add(records, session(5))->committed);
    const auto full = add(records, session(6));
    REQUIRE_FALSE(full.ok());
    CHECK(full.error().code == Errc::unavailable);
    CHECK(full.error().name() == "store_full");
    CHECK(add(records, session(3, SessionStatus::completed), 1)->committed);
    CHECK(add(records, session(6))->committed);
}

TEST_CASE("quality samples and events are bounded, the oldest goes first") {
    MemoryRecords records({.sessions = 2, .quality_per_session = 2, .events = 3});
    REQUIRE(add(records, session(1))->committed);
    for (int i = 0; i < 5; ++i)
        REQUIRE(records
                    .commit({OperationId("q" + std::to_string(i)),
                             from_micros(i),
                             {QualityRecord{SessionId("s-1"), AttendeeId("a"), from_micros(i), std::to_string(i)}},
                             {{0, std::to_string(i), from_micros(i), SessionId("s-1"), "{}"}}},
                            soon())
                    ->committed);
    const auto samples = records.quality(SessionId("s-1"), 10, soon());
    REQUIRE(samples->size() == 2);
    CHECK(samples->front().sample == "3");
    const auto events = records.events(0, 10, soon());
    REQUIRE(events->size() == 3);
    CHECK(events->front().type == "2");
    CHECK(events->front().cursor == 3);
}

TEST_CASE("expired and empty rooms make way, occupied ones do not") {
    testkit::ManualClock clock;
    MemoryPresence presence(clock, 2);
    const auto later = clock.now() + 1h;
    REQUIRE(presence.replace(room("a", 1, clock.now() + 1s, true), soon())->won);
    REQUIRE(presence.replace(room("b", 1, later, true), soon())->won);
    CHECK(presence.replace(room("c", 1, later, true), soon()).error().name() == "store_full");
    clock.advance(1s);
    CHECK((*presence.load(RoomId("a"), soon()))->seq == 0);
    REQUIRE(presence.replace(room("c", 1, later, false), soon())->won);
    REQUIRE(presence.replace(room("d", 1, later, true), soon())->won);
    CHECK((*presence.load(RoomId("b"), soon()))->seq == 1);
    CHECK((*presence.load(RoomId("c"), soon()))->seq == 0);
}

TEST_CASE("an expired room begins anew") {
    testkit::ManualClock clock;
    MemoryPresence presence(clock, 10);
    REQUIRE(presence.replace(room("a", 1, clock.now() + 1s, true), soon())->won);
    CHECK_FALSE(presence.replace(room("a", 1, clock.now() + 1h, true), soon())->won);
    clock.advance(1s);
    CHECK(presence.rooms_of(NodeId(""), soon())->empty());
    CHECK(presence.replace(room("a", 1, clock.now() + 1h, true), soon())->won);
}

TEST_CASE("the loopback refuses what does not fit its queue, and works on afterwards") {
    LoopbackBackplane backplane({.messages = 3, .bytes = 1000});
    CHECK(backplane.publish({RoomId("r"), NodeId("n"), 1, "x"}).error().name() == "backplane_stopped");
    backplane.start();
    Stuck listener;
    backplane.set_listener(&listener);
    REQUIRE(backplane.subscribe(RoomId("r"), soon()).ok());
    REQUIRE(backplane.publish({RoomId("r"), NodeId("n"), 1, "x"}).ok());
    listener.wait_until_called();
    for (std::uint64_t i = 2; i <= 4; ++i) REQUIRE(backplane.publish({RoomId("r"), NodeId("n"), i, "x"}).ok());
    CHECK(backplane.publish({RoomId("r"), NodeId("n"), 5, "x"}).error().name() == "backplane_full");
    listener.let_go();
    backplane.set_listener(nullptr);
    backplane.stop();
    CHECK_FALSE(backplane.publish({RoomId("r"), NodeId("n"), 6, "x"}).ok());
}
