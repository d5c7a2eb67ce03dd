#include "harness.hpp"

using namespace televisit;
using namespace televisit::signaling::test;

namespace {

constexpr std::string_view kJoin = R"({"room_id":"r1","user_id":"dr \"who\"","role":"DOCTOR","token":"good"})";
const std::string kJoinedRoom =
    R"(joined_room {"room_id":"r1","peer_id":"doctor_1","role":"DOCTOR","participants_count":2,"participants":[)"
    R"({"user_id":"dr \"who\"","peer_id":"doctor_1","role":"DOCTOR","audio":true,"video":true,"screen_share":false,"state":"joined"},)"
    R"({"user_id":"pat","peer_id":"patient_1","role":"PATIENT","audio":true,"video":false,"screen_share":false,"state":"interrupted"}]})";

}  // namespace

TEST_CASE("it is found under the names that stock clients use") {
    Clinic clinic;
    CHECK(clinic.sockets.names == Lines{"/", "/socket.io", "/socket.io/"});
    for (const std::string_view name : {"join_room", "leave_room", "webrtc_offer", "webrtc_answer", "ice_candidate",
                                        "toggle_audio", "toggle_video", "screen_share", "send_message"})
        CHECK(clinic.sockets.handlers.contains(name));
}

TEST_CASE("a socket that connects is told its id") {
    Clinic clinic;
    clinic.connect(1);
    CHECK(clinic.sockets.to(1) == Lines{R"(connected {"sid":"sid-1"})"});
}

TEST_CASE("join_room seats the socket, tells it who is there, and then lets through what was held back") {
    Clinic clinic;
    clinic.connect(1);
    const auto ack = clinic.event(1, "join_room", kJoin);
    CHECK(clinic.holds == 1);
    CHECK(ack->empty());
    clinic.work();
    CHECK(clinic.domain.entered == Lines{R"(r1 good dr "who" DOCTOR 1)"});
    CHECK(clinic.domain.entered_from == "192.0.2.7");
    CHECK(clinic.sockets.to(1).back() == kJoinedRoom);
    CHECK(*ack == R"({"ok":true})");
    CHECK(clinic.holds == 0);
    CHECK(clinic.domain.log->lines == Lines{"open"});
}

TEST_CASE("join_room again answers again") {
    Clinic clinic;
    clinic.join(1);
    clinic.domain.repeat = true;
    const auto ack = clinic.event(1, "join_room", kJoin);
    clinic.work();
    CHECK(clinic.sockets.to(1) == Lines{kJoinedRoom});
    CHECK(*ack == R"({"ok":true})");
}

TEST_CASE("a token that is not good is refused, and the socket may try again") {
    Clinic clinic;
    clinic.connect(1);
    const auto ack = clinic.event(1, "join_room", R"({"room_id":"r1","token":"bad"})");
    clinic.work();
    CHECK(clinic.sockets.to(1).back() ==
          R"(error {"message":"This token is not valid.","code":"unauthenticated","event":"join_room"})");
    CHECK(*ack == R"({"ok":false,"code":"unauthenticated","message":"This token is not valid."})");
    clinic.event(1, "join_room", kJoin);
    clinic.work();
    CHECK(clinic.sockets.to(1).back() == kJoinedRoom);
    CHECK_FALSE(clinic.host.log.mentions("bad"));
}

TEST_CASE("join_room without its fields is refused at once") {
    Clinic clinic;
    clinic.connect(1);
    for (const std::string_view arg : {R"({"token":"good"})", R"({"room_id":null,"token":"good"})",
                                       R"({"room_id":"r1"})", R"({"room_id":"r1","token":5})", R"("r1")", "[]", ""}) {
        const auto ack = clinic.event(1, "join_room", arg);
        CHECK(ack->starts_with(R"({"ok":false,"code":")"));
    }
    CHECK(clinic.holds == 0);
    CHECK(clinic.host.manual_executor.pending() == 0);
}

TEST_CASE("a seated socket cannot enter another room") {
    Clinic clinic;
    clinic.join(1);
    const auto ack = clinic.event(1, "join_room", R"({"room_id":"r2","token":"good"})");
    CHECK(ack->starts_with(R"({"ok":false,"code":"already_in_room")"));
}

TEST_CASE("when no worker is free the client is told, and its later events go on") {
    Clinic clinic;
    clinic.connect(1);
    clinic.host.manual_executor.refuse(true);
    const auto ack = clinic.event(1, "join_room", kJoin);
    CHECK(ack->starts_with(R"({"ok":false,"code":"unavailable")"));
    CHECK(clinic.holds == 0);
    clinic.host.manual_executor.refuse(false);
    clinic.event(1, "join_room", kJoin);
    clinic.work();
    CHECK(clinic.sockets.to(1).back() == kJoinedRoom);
}

TEST_CASE("a fault while entering is answered too") {
    Clinic clinic;
    clinic.connect(1);
    clinic.domain.throws = true;
    const auto ack = clinic.event(1, "join_room", kJoin);
    CHECK_THROWS(clinic.host.manual_executor.run_ready());
    clinic.work();
    CHECK(ack->starts_with(R"({"ok":false,"code":"internal")"));
    CHECK(clinic.holds == 0);
}

TEST_CASE("a socket that goes while it is let in gives its seat back as it went") {
    Clinic clinic;
    clinic.connect(1);
    clinic.event(1, "join_room", kJoin);
    clinic.disconnect(1, SocketClose::client_disconnect);
    clinic.work();
    CHECK(clinic.domain.log->lines == Lines{"leave", "dropped"});
    clinic.connect(2);
    clinic.domain.log->lines.clear();
    clinic.event(2, "join_room", kJoin);
    clinic.disconnect(2, SocketClose::transport_close);
    clinic.work();
    CHECK(clinic.domain.log->lines == Lines{"lost", "dropped"});
    CHECK(clinic.sockets.to(2) == Lines{R"(connected {"sid":"sid-1"})"});
}

TEST_CASE("leave_room gives the seat back") {
    Clinic clinic;
    clinic.join(1);
    CHECK(*clinic.event(1, "leave_room", R"({"room_id":"r2"})") ==
          R"({"ok":false,"code":"wrong_room","message":"This is not your room."})");
    for (const auto* claim : {R"({"user_id":"pat"})", R"({"role":"PATIENT"})", R"({"from_peer_id":"patient_1"})"})
        CHECK(clinic.event(1, "leave_room", claim)->find("spoofed_sender") != std::string::npos);
    CHECK(*clinic.event(1, "leave_room", R"({"room_id":"r1","user_id":"dr \u0022who\u0022"})") == R"({"ok":true})");
    CHECK(clinic.domain.log->lines == Lines{"leave", "dropped"});
    CHECK(clinic.event(1, "leave_room", R"({"room_id":"r1"})")->find("not_in_room") != std::string::npos);
}

TEST_CASE("a farewell leaves the room, anything else is a lost connection") {
    Clinic clinic;
    clinic.join(1);
    clinic.disconnect(1, SocketClose::client_disconnect);
    CHECK(clinic.domain.log->lines == Lines{"leave", "dropped"});
    for (const SocketClose close : {SocketClose::transport_close, SocketClose::ping_timeout, SocketClose::shutdown,
                                    SocketClose::server_disconnect}) {
        clinic.join(2);
        clinic.disconnect(2, close);
        CHECK(clinic.domain.log->lines == Lines{"lost", "dropped"});
    }
}

TEST_CASE("nothing but join_room is accepted before it") {
    Clinic clinic;
    clinic.connect(1);
    for (const std::string_view name : {"leave_room", "webrtc_offer", "webrtc_answer", "ice_candidate", "toggle_audio",
                                        "toggle_video", "screen_share", "send_message", "quality_report", "dance"}) {
        INFO(name);
        const auto ack = clinic.event(1, name, R"({"room_id":"r1","offer":{},"enabled":true,"message":"x"})");
        CHECK(*ack == R"({"ok":false,"code":"not_in_room","message":"Join a room first."})");
        CHECK(clinic.sockets.to(1).back() ==
              "error {\"message\":\"Join a room first.\",\"code\":\"not_in_room\",\"event\":\"" + std::string(name) +
                  "\"}");
    }
}

TEST_CASE("an unknown event is refused by its name, unless that is long") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "dance", "{}");
    CHECK(clinic.sockets.to(1).back() ==
          R"(error {"message":"There is no such event.","code":"unknown_event","event":"dance"})");
    clinic.event(1, std::string(65, 'x'), "{}");
    CHECK(clinic.sockets.to(1).back() == R"(error {"message":"There is no such event.","code":"unknown_event"})");
}

TEST_CASE("a socket without a room is closed in time, one with a room is not") {
    Clinic clinic;
    clinic.connect(1);
    clinic.join(2);
    clinic.connect(3);
    clinic.host.event_loops.advance(59s);
    clinic.event(3, "join_room", R"({"room_id":"r1","token":"bad"})");
    clinic.work();
    clinic.sockets.sent.clear();
    clinic.host.event_loops.advance(2s);
    CHECK(clinic.sockets.to(1) == Lines{"(engine closed)"});
    CHECK(clinic.sockets.to(2).empty());
    CHECK(clinic.sockets.to(3).empty());
    clinic.event(2, "leave_room", "{}");
    clinic.host.event_loops.advance(61s);
    CHECK(clinic.sockets.to(2) == Lines{"(engine closed)"});
    CHECK(clinic.sockets.to(3) == Lines{"(engine closed)"});
}

TEST_CASE("a socket that is being let in is not closed meanwhile") {
    Clinic clinic;
    clinic.connect(1);
    clinic.event(1, "join_room", kJoin);
    clinic.host.event_loops.advance(61s);
    CHECK(clinic.sockets.to(1).size() == 1);
}

TEST_CASE("when the server drains, clients are told when to come back") {
    Clinic clinic(2);
    clinic.join(1);
    clinic.join(101);
    clinic.plugin->drain(clinic.passed());
    clinic.host.event_loops.run_ready();
    for (const std::uint64_t socket : {1U, 101U})
        CHECK(clinic.sockets.to(socket) == Lines{R"(server_draining {"reconnect_after_ms":1500})", "(engine closed)"});
    clinic.connect(9);
    CHECK(clinic.sockets.to(9).back() == "(engine closed)");
}

TEST_CASE("a drain that is announced is told to each socket once, newcomers too, and cuts them only when it begins") {
    Clinic clinic;
    clinic.join(1);
    clinic.plugin->announce_drain({30s}, clinic.passed());
    clinic.host.event_loops.run_ready();
    const std::string told = R"(server_draining {"reconnect_after_ms":30000})";
    CHECK(clinic.sockets.to(1) == Lines{told});
    clinic.connect(2);
    CHECK(clinic.sockets.to(2).back() == told);
    clinic.plugin->announce_drain({}, clinic.passed());
    clinic.plugin->drain(clinic.passed());
    clinic.host.event_loops.run_ready();
    CHECK(clinic.sockets.to(1) == Lines{told, "(engine closed)"});
    CHECK(clinic.sockets.to(2) == Lines{R"(connected {"sid":"sid-1"})", told, "(engine closed)"});
}

TEST_CASE("after its stop nobody delivers, and seats are lost connections") {
    Clinic clinic;
    clinic.join(1);
    clinic.stop();
    CHECK(clinic.domain.listener == nullptr);
    CHECK(clinic.domain.log->lines == Lines{"dropped"});
    clinic.host.event_loops.advance(2min);
}
