// Sockets whose connections are lost, and that are given back.
#include "harness.hpp"

using namespace televisit;
using namespace televisit::signaling;
using namespace televisit::signaling::test;

namespace {

const Lines kStateAfresh{
    R"(connected {"sid":"sid-2"})",
    R"(room_state {"room_id":"r1","participants":[{"user_id":"dr \"who\"","peer_id":"doctor_1","role":"DOCTOR",)"
    R"("audio":true,"video":true,"screen_share":false,"state":"joined"}]})"};

}  // namespace

TEST_CASE("sockets are kept for as long as seats are") {
    Clinic clinic;
    CHECK(clinic.sockets.listener->recovery_time() == 15s);
}

TEST_CASE("a lost connection suspends the seat, and its return resumes it without a word when nothing was missed") {
    Clinic clinic;
    clinic.join(1);
    clinic.interrupt(1);
    CHECK(clinic.domain.log->lines == Lines{"suspend"});
    CHECK(clinic.come_back(1, SocketReturn::complete));
    CHECK(clinic.domain.log->lines == Lines{"suspend", "resume"});
    CHECK(clinic.sockets.sent.empty());
    clinic.event(1, "toggle_audio", R"({"enabled":false})");
    CHECK(clinic.domain.log->lines.size() > 2);
}

TEST_CASE("a return before the loss was noticed leaves the seat alone") {
    Clinic clinic;
    clinic.join(1);
    CHECK(clinic.come_back(1, SocketReturn::complete));
    CHECK(clinic.domain.log->lines.empty());
}

TEST_CASE("who comes back and has missed something is told connected and how things stand, and never joined_room") {
    Clinic clinic;
    clinic.join(1);
    clinic.interrupt(1);
    CHECK(clinic.come_back(1, SocketReturn::behind));
    CHECK(clinic.sockets.to(1) == kStateAfresh);

    clinic.domain.repeat = true;
    const auto ack = clinic.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
    clinic.work();
    CHECK(*ack == R"({"ok":true})");
    CHECK(clinic.sockets.to(1).back().starts_with("joined_room "));
}

TEST_CASE("a socket whose seat is lost meanwhile is not given back") {
    Clinic clinic;
    clinic.join(1);
    clinic.interrupt(1);
    clinic.domain.log->still_there = false;
    CHECK_FALSE(clinic.come_back(1, SocketReturn::complete));
    clinic.disconnect(1, SocketClose::transport_close);
    CHECK(clinic.domain.log->lines == Lines{"suspend", "resume", "lost", "dropped"});
}

TEST_CASE("a socket that does not come back in time gives the seat up") {
    Clinic clinic;
    clinic.join(1);
    clinic.interrupt(1);
    clinic.disconnect(1, SocketClose::transport_close);
    CHECK(clinic.domain.log->lines == Lines{"suspend", "lost", "dropped"});
}

TEST_CASE("a connection lost while joining is seated, and suspended at once") {
    Clinic clinic;
    clinic.connect(1);
    clinic.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
    clinic.interrupt(1);
    clinic.work();
    CHECK(clinic.domain.log->lines == Lines{"open", "suspend"});
    CHECK(clinic.sockets.to(1).back().starts_with("joined_room "));
    CHECK(clinic.come_back(1, SocketReturn::complete));
    CHECK(clinic.domain.log->lines.back() == "resume");
}

TEST_CASE("a connection lost and back again while joining is simply seated") {
    Clinic clinic;
    clinic.connect(1);
    clinic.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
    clinic.interrupt(1);
    CHECK(clinic.come_back(1, SocketReturn::complete));
    clinic.work();
    CHECK(clinic.domain.log->lines == Lines{"open"});
}

TEST_CASE("who comes back without a room has the whole time to join again") {
    Clinic clinic;
    clinic.connect(1);
    clinic.host.event_loops.advance(50s);
    clinic.interrupt(1);
    clinic.sockets.sent.clear();
    CHECK(clinic.come_back(1, SocketReturn::behind));
    CHECK(clinic.sockets.to(1) == Lines{R"(connected {"sid":"sid-2"})"});
    clinic.host.event_loops.advance(50s);
    CHECK(clinic.sockets.sent.size() == 1);
    clinic.host.event_loops.advance(11s);
    CHECK(clinic.sockets.to(1).back() == "(engine closed)");
}

TEST_CASE("who guesses is counted by the address of the connection that is there now") {
    Clinic clinic;
    clinic.connect(1);
    clinic.interrupt(1);
    CHECK(clinic.come_back(1, SocketReturn::complete, "203.0.113.5"));
    clinic.event(1, "join_room", R"({"room_id":"r1","token":"good"})");
    clinic.work();
    CHECK(clinic.domain.entered_from == "203.0.113.5");
}

TEST_CASE("while the server is emptied nobody is given a socket back") {
    Clinic clinic;
    clinic.join(1);
    clinic.interrupt(1);
    clinic.plugin->drain(clinic.passed());
    clinic.host.event_loops.run_ready();
    CHECK_FALSE(clinic.come_back(1, SocketReturn::complete));
}
