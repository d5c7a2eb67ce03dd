#include <catch2/catch.hpp>

#include "collecting_logger.hpp"
#include "runtime/memory_event_bus.hpp"
#include "runtime/metric_store.hpp"
#include "waiting.hpp"

using namespace televisit;
using namespace televisit::runtime;
using televisit::runtime::testing::Event;
using televisit::runtime::testing::patience_from_now;

namespace {

struct Fixture {
    MetricStore metrics;
    testing::CollectingLogger logger;
    Guard guard{"listener", logger, metrics};
    WorkerPool pool{"listener", 1, 8};
    MemoryEventBus bus{metrics};

    ~Fixture() {
        bus.unsubscribe("listener");
        static_cast<void>(pool.stop(patience_from_now()));
    }
    void publish(const std::string& type) { bus.publish({type, {}, SessionId("s"), "{}"}); }
    double lost() {
        for (const MetricFamily& family : metrics.collect())
            if (family.name == "televisit_events_lost_total") return family.samples.at(0).value;
        return -1;
    }
};

}  // namespace

TEST_CASE("a subscriber hears the events of its prefix, in order") {
    Fixture f;
    std::string heard;
    Event last;
    f.bus.subscribe(
        "room.",
        [&](const DomainEvent& event) {
            heard += event.type + " ";
            if (event.type == "room.end") last.set();
        },
        f.pool, f.guard);
    f.publish("session.created");
    f.publish("room.a");
    f.publish("room.b");
    f.publish("room.end");
    REQUIRE(last.wait());
    CHECK(heard == "room.a room.b room.end ");
}

TEST_CASE("a subscriber that is slow loses the oldest events, counted, and never holds up who publishes") {
    Fixture f;
    Event first;
    Event release;
    Event last;
    std::vector<std::string> heard;
    f.bus.subscribe(
        "",
        [&](const DomainEvent& event) {
            if (event.type == "first") {
                first.set();
                release.wait();
            }
            heard.push_back(event.type);
            if (event.type == "last") last.set();
        },
        f.pool, f.guard);
    f.publish("first");
    REQUIRE(first.wait());
    for (std::size_t i = 0; i < MemoryEventBus::kMaxWaiting; ++i) f.publish("e" + std::to_string(i));
    f.publish("last");
    release.set();
    REQUIRE(last.wait());
    CHECK(f.lost() == 1);
    CHECK(heard.at(1) == "e1");
}

TEST_CASE("a listener that throws is counted and called again") {
    Fixture f;
    Event second;
    f.bus.subscribe(
        "",
        [&](const DomainEvent& event) {
            if (event.type == "one") throw 1;
            second.set();
        },
        f.pool, f.guard);
    f.publish("one");
    f.publish("two");
    CHECK(second.wait());
    CHECK(f.logger.lines().size() == 1);
}

TEST_CASE("a plugin that has unsubscribed hears nothing any more") {
    Fixture f;
    int heard = 0;
    f.bus.subscribe(
        "", [&](const DomainEvent&) { ++heard; }, f.pool, f.guard);
    f.bus.unsubscribe("listener");
    f.publish("x");
    REQUIRE(f.pool.stop(patience_from_now()));
    CHECK(heard == 0);
}
