#include "harness.hpp"

using namespace televisit;
using namespace televisit::signaling::test;

namespace {

constexpr std::string_view kCandidate = R"({"candidate":{}})";
constexpr std::string_view kRefusal = R"({"ok":false,"code":"too_many_events","message":"Too much was sent at once."})";

/// Twenty events at once, ten a second.
struct Ward : Clinic {
    Ward() : Clinic(1, {.events = 20}) {}
    double refused(const std::string& code) {
        for (const auto& family : host.registry.collect())
            if (family.name == "televisit_signaling_errors_total")
                for (const auto& sample : family.samples)
                    if (sample.labels == MetricLabels{{"code", code}}) return sample.value;
        return 0;
    }
};

}  // namespace

TEST_CASE("a socket that sends too much is told why, then it gets a DISCONNECT packet") {
    Ward ward;
    ward.join(1);
    ward.advance(10s);
    for (int i = 0; i < 20; ++i) CHECK(*ward.event(1, "ice_candidate", kCandidate) == R"({"ok":true})");
    CHECK(ward.sockets.to(1).empty());
    CHECK(*ward.event(1, "ice_candidate", kCandidate) == kRefusal);
    CHECK(ward.sockets.to(1) ==
          Lines{R"(error {"message":"Too much was sent at once.","code":"too_many_events","event":"ice_candidate"})",
                "(disconnected)"});
    CHECK(ward.domain.log->lines.size() == 20);
    CHECK(ward.refused("too_many_events") == 1);
}

TEST_CASE("what is sent at the rate is never too much") {
    Ward ward;
    ward.join(1);
    for (int i = 0; i < 200; ++i) {
        ward.advance(100ms);
        CHECK(*ward.event(1, "ice_candidate", kCandidate) == R"({"ok":true})");
    }
    CHECK(ward.sockets.to(1).empty());
}

TEST_CASE("a flood of one socket is no other's") {
    Ward ward;
    ward.join(1);
    ward.join(2);
    ward.advance(10s);
    for (int i = 0; i < 21; ++i) ward.event(1, "ice_candidate", kCandidate);
    CHECK(ward.sockets.to(1).back() == "(disconnected)");
    CHECK(*ward.event(2, "ice_candidate", kCandidate) == R"({"ok":true})");
    CHECK(ward.sockets.to(2).empty());
}

TEST_CASE("what is refused counts as several, so that little is sent back for garbage") {
    for (const bool joined : {true, false}) {
        Ward ward;
        if (joined)
            ward.join(1);
        else
            ward.connect(1);
        ward.advance(10s);
        ward.sockets.sent.clear();
        for (int i = 0; i < 3; ++i) ward.event(1, "make_coffee", "{}");
        const auto heard = ward.sockets.to(1);
        REQUIRE(heard.size() == 4);
        CHECK(heard[2] ==
              R"(error {"message":"Too much was sent at once.","code":"too_many_events","event":"make_coffee"})");
        CHECK(heard[3] == "(disconnected)");
    }
}

TEST_CASE("tokens that do not hold are refused events, too") {
    Ward ward;
    ward.connect(1);
    for (int i = 0; i < 3; ++i) {
        ward.event(1, "join_room", R"({"room_id":"r1","token":"bad"})");
        ward.work();
    }
    CHECK(ward.domain.entered.size() == 2);
    CHECK(ward.sockets.to(1).back() == "(disconnected)");
}

TEST_CASE("join_room and leave_room count like any other event") {
    for (const std::string_view name : {"join_room", "leave_room"}) {
        Ward ward;
        ward.join(1);
        ward.advance(10s);
        for (int i = 0; i < 20; ++i) ward.event(1, "ice_candidate", kCandidate);
        CHECK(*ward.event(1, name, R"({"room_id":"r1","token":"good"})") == kRefusal);
        CHECK(ward.holds == 0);
        CHECK(ward.domain.log->lines.size() == 20);
    }
}
