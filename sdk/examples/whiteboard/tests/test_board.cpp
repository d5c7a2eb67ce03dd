#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "board.hpp"
#include "televisit/testkit/manual_clock.hpp"
#include "televisit/testkit/presence_store_conformance.hpp"

using namespace televisit;

namespace {

/// New and empty for every part of the suite.
struct Subject final : testkit::PresenceStoreSubject {
    PresenceStore& store() override { return board; }
    CallContext context() override {
        return {std::chrono::steady_clock::now() + std::chrono::seconds{10}, RequestId{"test"}};
    }
    Instant now() override { return clock.now(); }
    bool pass(Duration time) override {
        clock.advance(time);
        return true;
    }
    testkit::ManualClock clock;
    whiteboard::Board board{clock, 100};
};

}  // namespace

TEST_CASE("the whiteboard is a presence store") {
    for (const auto& part : testkit::presence_store_parts()) DYNAMIC_SECTION(part.name) {
            Subject subject;
            CHECK(failures_of<testkit::PresenceStoreSubject>(part, subject) == testkit::Failures{});
        }
}

TEST_CASE("a full whiteboard lets nobody into a further room, until one expires") {
    testkit::ManualClock clock;
    whiteboard::Board board(clock, 1);
    const CallContext context{std::chrono::steady_clock::now() + std::chrono::seconds{10}, RequestId{"test"}};
    const auto enter = [&](const char* room) {
        const RoomPresence next{RoomId(room), 1, false, {}, clock.now() + std::chrono::hours{1}};
        return board.replace(std::make_shared<const RoomPresence>(next), context).ok();
    };
    CHECK(enter("a"));
    CHECK_FALSE(enter("b"));
    clock.advance(std::chrono::hours{1});
    CHECK(enter("b"));
}
