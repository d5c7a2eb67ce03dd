#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

namespace {

const std::string kCreate =
    R"({"doctor_id":"d-1","patient_id":"p-1","scheduled_start_time":"2026-01-25T10:00:00","scheduled_end_time":"2026-01-25T10:30:00Z",)"
    R"("appointment_id":"appt-7","max_participants":3,"metadata":{"n": 1.50, "deep":[{}]},"unknown":[1]})";

}  // namespace

TEST_CASE_METHOD(RestFixture, "create hands every field to the kernel as it came") {
    auto sent = request(HttpMethod::post, "/api/video/sessions", kCreate);
    sent.headers.push_back({"Idempotency-Key", "key-1"});
    REQUIRE(send(sent).status == 201);
    REQUIRE(kernel.draft);
    CHECK(kernel.bearer == "some-token");
    CHECK(kernel.draft->doctor_id.str() == "d-1");
    CHECK(kernel.draft->patient_id.str() == "p-1");
    CHECK(kernel.draft->scheduled_start_time == "2026-01-25T10:00:00");
    CHECK(kernel.draft->scheduled_end_time == "2026-01-25T10:30:00Z");
    CHECK(kernel.draft->appointment_id == "appt-7");
    CHECK(kernel.draft->max_participants == 3);
    CHECK(kernel.draft->metadata == R"({"n": 1.50, "deep":[{}]})");
    CHECK(kernel.draft->idempotency_key == "key-1");
    CHECK(kernel.draft->request_digest.size() == 64);
    CHECK(kernel.draft->public_origin == "https://visits.example");
}

TEST_CASE_METHOD(RestFixture, "create answers with every column, the two invitations in clear, ETag and Location") {
    const auto answer = post("/api/video/sessions", kCreate);
    REQUIRE(answer.status == 201);
    CHECK(
        answer.body ==
        R"({"session_id":"5f0c1c6e-0000-4000-8000-000000000001","version":3,"appointment_id":"appt-7","doctor_id":"d-1",)"
        R"("patient_id":"p-\"1\"","status":"SCHEDULED","scheduled_start_time":"2026-01-25T10:00:00Z",)"
        R"("scheduled_end_time":"2026-01-25T10:30:00Z","actual_start_time":null,"actual_end_time":null,"room_id":"room-1",)"
        R"("signaling_server_url":"http://localhost:8086/socket.io","max_participants":2,)"
        R"("metadata":{"ward": "3", "n": 1.50},"end_reason":null,"created_at":"2026-01-25T00:13:20Z",)"
        R"("updated_at":"2026-01-25T00:13:20Z","doctor_token":"clear-doctor-token","patient_token":"clear-patient-token"})");
    CHECK(header_of(answer, "ETag") == "\"3\"");
    CHECK(header_of(answer, "Location") == kSession);
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(header_of(answer, "Content-Type") == "application/json");
}

TEST_CASE_METHOD(RestFixture, "create without optional fields leaves them to the kernel's defaults") {
    REQUIRE(
        post(
            "/api/video/sessions",
            R"({"doctor_id":"d","patient_id":"p","scheduled_start_time":"a","scheduled_end_time":"b","metadata":null})")
            .status == 201);
    CHECK(kernel.draft->max_participants == 2);
    CHECK(kernel.draft->metadata.empty());
    CHECK(kernel.draft->appointment_id.empty());
    CHECK(kernel.draft->idempotency_key.empty());
}

TEST_CASE_METHOD(RestFixture, "create tells of every field that is missing or of another type at once") {
    const auto answer = post("/api/video/sessions",
                             R"({"doctor_id":7,"max_participants":"3","metadata":[],"scheduled_end_time":null})");
    CHECK(answer.status == 422);
    CHECK(has(answer, R"({"pointer":"/doctor_id","code":"wrong_type")"));
    CHECK(has(answer, R"({"pointer":"/patient_id","code":"required")"));
    CHECK(has(answer, R"({"pointer":"/scheduled_start_time","code":"required")"));
    CHECK(has(answer, R"({"pointer":"/scheduled_end_time","code":"required")"));
    CHECK(has(answer, R"({"pointer":"/max_participants","code":"wrong_type")"));
    CHECK(has(answer, R"({"pointer":"/metadata","code":"wrong_type")"));
    CHECK(kernel.calls.empty());
}

TEST_CASE_METHOD(RestFixture, "a number that is not whole, or too large, is of the wrong type") {
    for (const auto* number : {"2.0", "2.5", "1e1", "9223372036854775808", "-0.0", "true"})
        CHECK(has(post("/api/video/sessions", std::string(R"({"max_participants":)") + number + "}"),
                  R"({"pointer":"/max_participants","code":"wrong_type")"));
}

TEST_CASE_METHOD(RestFixture, "two bodies of one key differ in their digest") {
    auto sent = request(HttpMethod::post, "/api/video/sessions", kCreate);
    send(sent);
    const auto first = kernel.draft->request_digest;
    send(sent);
    CHECK(kernel.draft->request_digest == first);
    sent.body += " ";
    send(sent);
    CHECK(kernel.draft->request_digest != first);
}

TEST_CASE_METHOD(RestFixture, "an Idempotency-Key that is too long or not printable is refused") {
    for (const auto& key : {std::string(256, 'k'), std::string("a\x01"), std::string("\xc3\xa9")}) {
        auto sent = request(HttpMethod::post, "/api/video/sessions", kCreate);
        sent.headers.push_back({"Idempotency-Key", key});
        const auto answer = send(sent);
        CHECK(answer.status == 400);
        CHECK(has(answer, "\"code\":\"invalid_idempotency_key\""));
    }
}

TEST_CASE_METHOD(RestFixture, "a session is answered without any token or hash") {
    const auto answer = get(kSession);
    REQUIRE(answer.status == 200);
    CHECK(kernel.session == full_session().id);
    CHECK(header_of(answer, "ETag") == "\"3\"");
    CHECK_FALSE(has(answer, "token"));
}

TEST_CASE_METHOD(RestFixture, "times are cut to the second and null when there is none") {
    const auto answer = get(kSession);
    CHECK(has(answer, R"("scheduled_start_time":"2026-01-25T10:00:00Z")"));
    CHECK(has(answer, R"("actual_end_time":null)"));
}

TEST_CASE_METHOD(RestFixture, "end and cancel answer with the session as it is now") {
    CHECK(post(kSession + "/end").status == 200);
    CHECK(post(kSession + "/cancel").status == 200);
    CHECK(kernel.calls == std::vector<std::string>{"end", "cancel"});
}

TEST_CASE_METHOD(RestFixture, "a change is made against the version of If-Match") {
    auto sent = request(HttpMethod::patch, kSession, R"({"scheduled_end_time":"x","max_participants":4})");
    sent.headers.push_back({"If-Match", "\"7\""});
    REQUIRE(send(sent).status == 200);
    CHECK(kernel.expected == 7);
    CHECK(kernel.patch->scheduled_end_time == "x");
    CHECK(kernel.patch->max_participants == 4);
    CHECK_FALSE(kernel.patch->scheduled_start_time);
    CHECK_FALSE(kernel.patch->metadata);
}

TEST_CASE_METHOD(RestFixture, "a change without If-Match is 428") {
    const auto answer = send(request(HttpMethod::patch, kSession, "{}"));
    CHECK(answer.status == 428);
    CHECK(kernel.calls.empty());
}

TEST_CASE_METHOD(RestFixture, "If-Match may name any version or several, of which one must be the present one") {
    const auto answer = [&](const std::string& tags) {
        auto sent = request(HttpMethod::patch, kSession, "{}");
        sent.headers.push_back({"If-Match", tags});
        kernel.expected = 0;
        return send(sent).status;
    };
    CHECK(answer("*") == 200);
    CHECK(kernel.expected == 3);
    CHECK(answer(R"("1", "3")") == 200);
    CHECK(kernel.expected == 3);
    CHECK(answer(R"("1", "2")") == 412);
    CHECK(answer(R"(W/"3")") == 412);
    CHECK(answer(R"("abc")") == 412);
    for (const auto* bad : {"", "3", "\"3", "\"3\" \"4\"", "*, \"3\"", "\"3\",,"}) CHECK(answer(bad) == 400);
}
