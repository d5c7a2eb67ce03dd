#include "harness.hpp"

using namespace televisit;
using namespace televisit::signaling::test;

namespace {

constexpr std::string_view kBad = R"({"room_id":"r1","token":"bad"})";

struct Door : Clinic {
    explicit Door(Limits limits) : Clinic(2, limits) {}
    double figure(const std::string& name, const MetricLabels& labels = {}) {
        for (const auto& family : host.registry.collect())
            if (family.name == name)
                for (const auto& sample : family.samples)
                    if (sample.labels == labels) return sample.value;
        return 0;
    }
    double unjoined() { return figure("televisit_signaling_unjoined"); }
    double refused(const std::string& code) { return figure("televisit_signaling_errors_total", {{"code", code}}); }
};

}  // namespace

TEST_CASE("so many sockets may be without a room, on all loops together") {
    Door door({.unjoined = 2});
    CHECK(door.connect(1, "192.0.2.1").empty());
    CHECK(door.connect(101, "192.0.2.2").empty());
    CHECK(door.connect(2, "192.0.2.3") == "too_many_unjoined");
    CHECK(door.refused("too_many_unjoined") == 1);
    CHECK(door.unjoined() == 2);
    CHECK(door.sockets.to(2).empty());

    SECTION("one that enters a room makes place") {
        door.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
        door.work();
        CHECK(door.unjoined() == 1);
        CHECK(door.connect(2, "192.0.2.3").empty());
    }
    SECTION("one that does not, does not") {
        door.event(1, "join_room", kBad);
        door.work();
        CHECK(door.connect(2, "192.0.2.3") == "too_many_unjoined");
    }
    SECTION("one that goes makes place") {
        door.disconnect(101, SocketClose::transport_close);
        CHECK(door.connect(2, "192.0.2.3").empty());
    }
}

TEST_CASE("the sockets without a room of one address keep nobody else out") {
    Door door({.unjoined_of_address = 2});
    CHECK(door.connect(1).empty());
    CHECK(door.connect(101).empty());
    CHECK(door.connect(2) == "too_many_unjoined_from_address");
    CHECK(door.refused("too_many_unjoined_from_address") == 1);
    CHECK(door.connect(2, "192.0.2.8").empty());
}

TEST_CASE("who leaves a room is without one again, and is not turned away") {
    Door door({.unjoined = 1});
    door.join(1);
    CHECK(door.unjoined() == 0);
    CHECK(door.connect(2, "192.0.2.8").empty());
    CHECK(*door.event(1, "leave_room", R"({"room_id":"r1"})") == R"({"ok":true})");
    CHECK(door.sockets.to(1).empty());
    CHECK(door.connect(3, "192.0.2.9") == "too_many_unjoined");
    door.disconnect(2, SocketClose::transport_close);
    door.disconnect(1, SocketClose::transport_close);
    CHECK(door.unjoined() == 0);
}

TEST_CASE("what sockets without a room send counts for their address, whichever of them sends it") {
    Door door({.events_of_address = 30});
    for (const std::uint64_t socket : {1, 2, 3}) {
        door.connect(socket);
        door.event(socket, "make_coffee", "{}");  // refused, so it counts as ten
    }
    door.sockets.sent.clear();
    door.connect(4);
    const auto ack = door.event(4, "join_room", R"({"room_id":"r1","token":"good"})");
    CHECK(ack->starts_with(R"({"ok":false,"code":"too_many_events_from_address")"));
    CHECK(door.sockets.to(4).back() == "(disconnected)");
    CHECK(door.refused("too_many_events_from_address") == 1);

    door.connect(5, "192.0.2.8");
    CHECK(door.event(5, "join_room", R"({"room_id":"r1","token":"good"})")->empty());
    door.advance(1s);
    CHECK(door.event(3, "join_room", R"({"room_id":"r1","token":"good"})")->empty());
}

TEST_CASE("who is in a room does not answer for others of the same address") {
    Door door({.events_of_address = 30});
    door.join(1);
    door.connect(2);
    for (int i = 0; i < 4; ++i) door.event(2, "make_coffee", "{}");
    CHECK(door.sockets.to(2).back() == "(disconnected)");
    for (int i = 0; i < 50; ++i) CHECK(*door.event(1, "ice_candidate", R"({"candidate":{}})") == R"({"ok":true})");
    CHECK(door.sockets.to(1).empty());
}

TEST_CASE("who comes back from another address is known by that one") {
    Door door({});
    door.connect(1);
    door.interrupt(1);
    CHECK(door.come_back(1, SocketReturn::complete, "198.51.100.8"));
    door.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
    door.work();
    CHECK(door.domain.entered_from == "198.51.100.8");
}
