#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

TEST_CASE_METHOD(RestFixture, "join answers exactly what the guide's client reads, and what came after it") {
    const auto answer =
        post(kSession + "/join", R"({"device_type":"web","browser_info":"Firefox","display_name":"Dr. D"})");
    REQUIRE(answer.status == 200);
    CHECK(
        answer.body ==
        R"({"session_id":"5f0c1c6e-0000-4000-8000-000000000001","room_id":"room-1","signaling_server_url":"http://h/socket.io",)"
        R"("attendee":{"attendee_id":"a-1","peer_id":"doctor_d-1_xyz","access_token":"clear-access-token","user_id":"d-1","role":"DOCTOR"},)"
        R"("scheduled_start_time":"2026-01-25T10:00:00Z","scheduled_end_time":"2026-01-25T10:30:00Z",)"
        R"("ice_servers":[{"urls":["stun:s"]},{"urls":["turn:t","turns:t"],"username":"1:a","credential":"pw"}],"ice_ttl_seconds":600,)"
        R"("participants":[{"user_id":"p-1","peer_id":"patient_p-1_abc","role":"PATIENT","audio":true,"video":false,)"
        R"("screen_share":false,"state":"interrupted"}],)"
        R"("join_window":{"opens_at":"2026-01-25T09:45:00Z","closes_at":"2026-01-25T10:45:00Z"}})");
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(kernel.joined->session == full_session().id);
    CHECK(kernel.joined->device_type == "web");
    CHECK(kernel.joined->browser_info == "Firefox");
    CHECK(kernel.joined->display_name == "Dr. D");
    CHECK(kernel.joined->client_address == "203.0.113.9");
    CHECK(kernel.joined->public_origin == "https://visits.example");
}

TEST_CASE_METHOD(RestFixture, "join needs no body") {
    CHECK(post(kSession + "/join").status == 200);
    CHECK(kernel.joined->device_type.empty());
    CHECK(post(kSession + "/join", "{}").status == 200);
    CHECK(post(kSession + "/join", R"({"device_type":null})").status == 200);
}

TEST_CASE_METHOD(RestFixture, "join refuses fields of another type") {
    const auto answer = post(kSession + "/join", R"({"device_type":1,"browser_info":{}})");
    CHECK(answer.status == 422);
    CHECK(has(answer, "/device_type"));
    CHECK(has(answer, "/browser_info"));
    CHECK(kernel.calls.empty());
}

TEST_CASE_METHOD(RestFixture, "leave answers nothing, whatever body a closing page sends") {
    auto sent = request(HttpMethod::post, kSession + "/leave", "bye");
    sent.headers = {{"Authorization", "Bearer t"}, {"Content-Type", "text/plain"}};
    const auto answer = send(sent);
    CHECK(answer.status == 204);
    CHECK(answer.body.empty());
    CHECK(kernel.session == full_session().id);
}

TEST_CASE_METHOD(RestFixture, "fresh servers for the media can be had any time") {
    const auto answer = get(kSession + "/ice-servers");
    CHECK(answer.status == 200);
    CHECK(
        answer.body ==
        R"({"ice_servers":[{"urls":["stun:s"]},{"urls":["turn:t","turns:t"],"username":"1:a","credential":"pw"}],"ttl_seconds":600})");
    CHECK(kernel.client_address == "203.0.113.9");
    CHECK(header_of(answer, "Cache-Control") == "no-store");
}

TEST_CASE_METHOD(RestFixture, "a quality sample goes to the kernel as it came") {
    CHECK(post(kSession + "/quality", " {\"rtt\": 0.050} ").status == 204);
    CHECK(kernel.sample == "{\"rtt\": 0.050}");
    CHECK(post(kSession + "/quality").status == 400);
}

TEST_CASE_METHOD(RestFixture, "an invitation is answered with its token in clear, and never its hash") {
    const auto answer =
        post(kSession + "/invitations", R"({"role":"INTERPRETER","display_name":"Ada","expires_in_s":3600})");
    REQUIRE(answer.status == 201);
    CHECK(has(answer, R"({"invitation_id":"inv-1","token":"clear-invitation-token",)"));
    CHECK(has(answer, R"("role":"INTERPRETER")"));
    CHECK_FALSE(has(answer, "hash-of"));
    CHECK(kernel.invitation->role == Role::interpreter);
    CHECK(kernel.invitation->display_name == "Ada");
    CHECK(kernel.invitation->expires_in == std::chrono::hours(1));
}

TEST_CASE_METHOD(RestFixture, "an invitation needs a role that there is, and a time that can be") {
    CHECK(has(post(kSession + "/invitations", "{}"), R"({"pointer":"/role","code":"required")"));
    const auto answer = post(kSession + "/invitations", R"({"role":"NURSE","expires_in_s":0})");
    CHECK(answer.status == 422);
    CHECK(has(answer, R"({"pointer":"/role","code":"unknown_role")"));
    CHECK(has(answer, R"({"pointer":"/expires_in_s","code":"out_of_range")"));
    CHECK(
        has(post(kSession + "/invitations", R"({"role":"GUEST","expires_in_s":9223372036854775807})"), "out_of_range"));
}

TEST_CASE_METHOD(RestFixture, "an invitation is revoked by its id") {
    CHECK(send(request(HttpMethod::del, kSession + "/invitations/inv-9")).status == 204);
    CHECK(kernel.session == full_session().id);
    CHECK(kernel.revoked.str() == "inv-9");
}
