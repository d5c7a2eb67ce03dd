#include "engine/sid.hpp"

#include <catch2/catch.hpp>

#include "televisit/testkit/deterministic_secrets.hpp"

using namespace televisit;
using namespace televisit::socketio;

TEST_CASE("an engine session's id begins with its server's letter, and says its place whatever that is") {
    testkit::DeterministicSecrets secrets{1};
    for (const char letter : {'A', 'B', '_'})
        for (const SidPlace there : {SidPlace{0, 0}, SidPlace{7, 123}, SidPlace{kMaxLoops - 1, kMaxSlots - 1}}) {
            const auto sid = engine_sid(secrets, letter, there.loop, there.slot);
            CHECK(sid.view().front() == letter);
            const auto place = place_of(sid.view());
            REQUIRE(place);
            CHECK(place->loop == there.loop);
            CHECK(place->slot == there.slot);
        }
}

TEST_CASE("a pid says its place") {
    testkit::DeterministicSecrets secrets{1};
    const auto pid = random_pid(secrets, 5, 77);
    const auto place = place_of_pid(pid.view());
    REQUIRE(place);
    CHECK(place->loop == 5);
    CHECK(place->slot == 77);
}
