#include "harness.hpp"

using namespace televisit;
using namespace televisit::signaling::test;

TEST_CASE("offers and answers are stamped with the sender and keep their bytes") {
    Clinic clinic;
    clinic.join(1);
    const auto ack = clinic.event(
        1, "webrtc_offer",
        R"({"room_id":"r1","from_peer_id":"doctor_1","target_peer_id":"patient_peer_id","offer":{ "sdp":"v=0\r\n", "type":"offer" }})");
    CHECK(clinic.domain.log->lines ==
          Lines{R"(relay 0 webrtc_offer {"from_peer_id":"doctor_1","offer":{ "sdp":"v=0\r\n", "type":"offer" }})"
                " room=r1 from=doctor_1 target=patient_peer_id"});
    CHECK(*ack == R"({"ok":true})");
    clinic.event(1, "webrtc_answer", R"({"answer":"opaque"})");
    CHECK(clinic.domain.log->lines.back() == R"(relay 0 webrtc_answer {"from_peer_id":"doctor_1","answer":"opaque"})");
}

TEST_CASE("candidates pass as they are, null and empty ones too") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "ice_candidate", R"({"room_id":"r1","candidate":null})");
    CHECK(clinic.domain.log->lines.back() ==
          R"(relay 1 ice_candidate {"from_peer_id":"doctor_1","candidate":null} room=r1)");
    clinic.event(1, "ice_candidate", R"({"target_peer_id":"p","candidate":{"candidate":"","sdpMid":"0"}})");
    CHECK(clinic.domain.log->lines.back() ==
          R"(relay 1 ice_candidate {"from_peer_id":"doctor_1","candidate":{"candidate":"","sdpMid":"0"}} target=p)");
    const auto ack = clinic.event(1, "ice_candidate", R"({"room_id":"r1"})");
    CHECK(*ack == R"({"ok":false,"code":"invalid","message":"The field 'candidate' is missing."})");
}

TEST_CASE("claims reach the room as text, whatever their type; null is none") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(
        1, "webrtc_offer",
        R"({"offer":1,"room_id":"r\u0031","from_peer_id":null,"user_id":5,"role":{"a":1},"target_peer_id":false})");
    CHECK(clinic.domain.log->lines.back() ==
          R"(relay 0 webrtc_offer {"from_peer_id":"doctor_1","offer":1} room=r1 user=5 role={"a":1} target=false)");
}

TEST_CASE("what the room refuses is an error to the sender") {
    Clinic clinic;
    clinic.join(1);
    clinic.domain.log->relay_error = error(Errc::forbidden, "spoofed_sender", "You are somebody else.");
    const auto ack = clinic.event(1, "webrtc_offer", R"({"from_peer_id":"patient_1","offer":{}})");
    CHECK(*ack == R"({"ok":false,"code":"spoofed_sender","message":"You are somebody else."})");
    CHECK(clinic.sockets.to(1) ==
          Lines{R"(error {"message":"You are somebody else.","code":"spoofed_sender","event":"webrtc_offer"})"});
    CHECK(clinic.host.registry.value("televisit_signaling_errors_total", {{"code", "spoofed_sender"}}) == 1);
    CHECK(clinic.host.registry.value("televisit_signaling_events_total", {{"event", "webrtc_offer"}}) == 0);
}

TEST_CASE("an event without an object is refused") {
    Clinic clinic;
    clinic.join(1);
    for (const std::string_view arg : {"", "[]", "5", R"("text")", "null"})
        CHECK(clinic.event(1, "webrtc_offer", arg)->starts_with(R"({"ok":false,"code":"invalid")"));
    CHECK(clinic.domain.log->lines.empty());
}

TEST_CASE("binary attachments travel when all of them are within what is relayed") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "webrtc_offer", R"({"offer":{"blob":{"_placeholder":true,"num":0}}})", {"\x01\x02"});
    CHECK(clinic.domain.log->lines.back() ==
          "relay 0 webrtc_offer {\"from_peer_id\":\"doctor_1\",\"offer\":{\"blob\":{\"_placeholder\":true,\"num\":0}}} "
          "<\x01\x02>");
    const auto stray = clinic.event(1, "webrtc_offer", R"({"offer":{},"x":{"_placeholder":true,"num":0}})", {"\x01"});
    CHECK(stray->starts_with(R"({"ok":false,"code":"malformed")"));
    const auto toggle =
        clinic.event(1, "toggle_audio", R"({"enabled":true,"x":{"_placeholder":true,"num":0}})", {"\x01"});
    CHECK(toggle->starts_with(R"({"ok":false,"code":"malformed")"));
}

TEST_CASE("toggles are told to the others and remembered") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "toggle_audio", R"({"room_id":"r1","user_id":"dr \"who\"","enabled":false})");
    clinic.event(1, "toggle_video", R"({"enabled":false})");
    clinic.event(1, "screen_share", R"({"enabled":true})");
    CHECK(clinic.domain.log->lines ==
          Lines{R"(relay 2 audio_toggled {"user_id":"dr \"who\"","enabled":false} room=r1 user=dr "who")",
                "media 0 off", R"(relay 2 video_toggled {"user_id":"dr \"who\"","enabled":false})", "media 1 off",
                R"(relay 2 screen_share_toggled {"user_id":"dr \"who\"","enabled":true})", "media 2 on"});
}

TEST_CASE("a toggle is true or false and nothing else, and one that is refused is not remembered") {
    Clinic clinic;
    clinic.join(1);
    for (const std::string_view arg : {R"({"enabled":"true"})", R"({"enabled":1})", R"({"enabled":null})", "{}"})
        CHECK(clinic.event(1, "toggle_audio", arg)->starts_with(R"({"ok":false,"code":"invalid")"));
    CHECK(clinic.domain.log->lines.empty());
    clinic.domain.log->relay_error = error(Errc::forbidden, "spoofed_sender", "No.");
    clinic.event(1, "toggle_audio", R"({"enabled":true})");
    CHECK(clinic.domain.log->lines.size() == 1);
}

TEST_CASE("chat goes to everyone with its own number and the server's time") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "send_message",
                 R"({"room_id":"r1","message":"H\u00e9llo \ud83d\ude00","timestamp":"2026-01-25T10:00:00.123Z"})");
    REQUIRE(clinic.domain.log->lines.size() == 1);
    const std::string& line = clinic.domain.log->lines[0];
    CHECK(line.starts_with(
        R"(relay 3 chat_message {"user_id":"dr \"who\"","message":"H\u00e9llo \ud83d\ude00","timestamp":"2026-01-25T10:00:00.123Z","message_id":")"));
    CHECK(line.ends_with(R"("server_time":"2026-01-25T10:00:00Z"} room=r1)"));
    CHECK_FALSE(clinic.host.log.mentions("llo"));
}

TEST_CASE("a chat message without a time gets the server's") {
    Clinic clinic;
    clinic.join(1);
    clinic.event(1, "send_message", R"({"message":""})");
    CHECK(clinic.domain.log->lines[0].find(R"("message":"","timestamp":"2026-01-25T10:00:00Z")") != std::string::npos);
    clinic.event(1, "send_message", R"({"message":"","timestamp":1769335200000})");
    CHECK(clinic.domain.log->lines[1].find(R"("timestamp":1769335200000,)") != std::string::npos);
}

TEST_CASE("chat that is too long or no text is refused") {
    Clinic clinic;
    clinic.join(1);
    CHECK(*clinic.event(1, "send_message", R"({"message":"12345678901"})") ==
          R"({"ok":false,"code":"message_too_long","message":"A message may have at most 10 characters."})");
    CHECK(*clinic.event(1, "send_message",
                        R"({"message":"\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039\u0030"})") ==
          R"({"ok":true})");
    for (const std::string_view arg :
         {R"({"message":5})", R"({"message":null})", "{}", R"({"message":"x","timestamp":{}})",
          R"({"message":"x","timestamp":"2026-01-25T10:00:00.000Z 2026-01-25T10:00:00Z 2026-01-25T10:00:00Z"})"})
        CHECK(clinic.event(1, "send_message", arg)->starts_with(R"({"ok":false,"code":"invalid")"));
}

TEST_CASE("a quality report is kept by a worker") {
    Clinic clinic;
    clinic.join(1);
    CHECK(*clinic.event(1, "quality_report", R"({"room_id":"r1","samples":{"rtt":0.1}})") == R"({"ok":true})");
    clinic.work();
    CHECK(clinic.domain.quality == Lines{R"(dr "who"  session-1 {"rtt":0.1})"});
    const auto refused = [&](std::string_view arg) { return *clinic.event(1, "quality_report", arg); };
    CHECK(refused(R"({"room_id":"r2","samples":{}})").find("wrong_room") != std::string::npos);
    for (const auto* claim : {R"({"user_id":"pat","samples":{}})", R"({"role":"PATIENT","samples":{}})",
                              R"({"from_peer_id":"p","samples":{}})"})
        CHECK(refused(claim).find("spoofed_sender") != std::string::npos);
    clinic.work();
    CHECK(clinic.domain.quality.size() == 1);
    CHECK(clinic.event(1, "quality_report", R"({"samples":5})")->find("invalid") != std::string::npos);
    const std::string large = "{\"samples\":[\"" + std::string(300, 'x') + "\"]}";
    CHECK(clinic.event(1, "quality_report", large)->find("report_too_large") != std::string::npos);
}

TEST_CASE("the quality report of somebody invited names the invitation, else it would be nobody's") {
    Clinic clinic;
    clinic.domain.role = Role::interpreter;
    clinic.join(1);
    clinic.event(1, "quality_report", R"({"samples":[{"rtt":0.1}]})");
    clinic.work();
    CHECK(clinic.domain.quality == Lines{R"(dr "who" dr "who" session-1 [{"rtt":0.1}])"});
}

TEST_CASE("what happens in a room reaches its members in the seed's words") {
    Clinic clinic;
    const ConnectionKey to[] = {{1}, {2}};
    const Member member{UserId("pat"), PeerId("patient_1"), Role::patient};
    auto& rooms = clinic.rooms();
    const std::string_view payload[] = {R"({"from_peer_id":"x",)", R"("offer":1})"};
    const std::string_view bytes = "\x01";
    rooms.relayed(to, "webrtc_offer", payload, {&bytes, 1});
    rooms.user_joined(to, member);
    rooms.user_left(to, member, LeaveReason::grace_ended);
    rooms.user_interrupted(to, member, 15s);
    rooms.user_resumed(to, member);
    rooms.room_state(to, RoomId("r1"), {&member, 1});
    rooms.session_expiring(to, 120s);
    rooms.session_ended(to, SessionId("s1"), "ended");
    rooms.ice_servers(to, {{{{"stun:a", "stun:b"}}, {{"turn:c"}, "u", "p"}}, 600s});
    const Lines wanted{
        "webrtc_offer {\"from_peer_id\":\"x\",\"offer\":1} <\x01>",
        R"(user_joined {"user_id":"pat","peer_id":"patient_1","role":"PATIENT"})",
        R"(user_left {"user_id":"pat","peer_id":"patient_1","reason":"grace_ended"})",
        R"(user_interrupted {"user_id":"pat","peer_id":"patient_1","grace_ms":15000})",
        R"(user_resumed {"user_id":"pat","peer_id":"patient_1"})",
        R"(room_state {"room_id":"r1","participants":[{"user_id":"pat","peer_id":"patient_1","role":"PATIENT","audio":true,"video":true,"screen_share":false,"state":"joined"}]})",
        R"(session_expiring {"seconds_left":120})",
        R"(session_ended {"session_id":"s1","reason":"ended"})",
        R"(ice_servers {"ice_servers":[{"urls":["stun:a","stun:b"]},{"urls":["turn:c"],"username":"u","credential":"p"}],"ttl_seconds":600})",
    };
    CHECK(clinic.sockets.to(1) == wanted);
    CHECK(clinic.sockets.to(2) == wanted);
}

TEST_CASE("more receivers than fit in one go all get it once") {
    Clinic clinic;
    std::vector<ConnectionKey> to;
    for (std::uint64_t i = 0; i < 40; ++i) to.push_back({i});
    clinic.rooms().session_expiring(to, 5s);
    for (std::uint64_t i = 0; i < 40; ++i) CHECK(clinic.sockets.to(i).size() == 1);
}

TEST_CASE("whoever loses the seat is told why, then disconnected") {
    Clinic clinic;
    clinic.rooms().seat_lost({1}, SeatLoss::replaced);
    CHECK(clinic.sockets.to(1) ==
          Lines{R"(error {"message":"You have joined this room from somewhere else.","code":"replaced"})",
                "(disconnected)"});
    clinic.rooms().seat_lost({3}, SeatLoss::room_full);
    CHECK(
        clinic.sockets.to(3) ==
        Lines{
            R"(error {"message":"The connection was lost for too long, and the room is full now.","code":"room_full"})",
            "(disconnected)"});
    clinic.rooms().seat_lost({2}, SeatLoss::session_over);
    CHECK(clinic.sockets.to(2) == Lines{"(disconnected)"});
}
