#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

namespace {

std::vector<SessionRecord> many(std::size_t count) {
    std::vector<SessionRecord> sessions;
    for (std::size_t i = 0; i < count; ++i) {
        auto session = full_session();
        session.id = SessionId("id-" + std::to_string(i));
        session.created_at = from_micros(1'000'000 - static_cast<std::int64_t>(i));
        sessions.push_back(session);
    }
    return sessions;
}

std::string cursor_of(const HttpResponse& page) {
    static constexpr std::string_view kBefore = R"("next_cursor":")";
    const auto at = page.body.find(kBefore) + kBefore.size();
    return page.body.substr(at, page.body.find('"', at) - at);
}

}  // namespace

TEST_CASE_METHOD(RestFixture, "a list has fifty sessions on a page unless asked otherwise") {
    kernel.sessions = many(49);
    get("/api/video/sessions");
    CHECK(kernel.query->limit == 50);
}

TEST_CASE_METHOD(RestFixture, "a list that just fills its page has no next cursor") {
    kernel.sessions = many(50);
    const auto answer = get("/api/video/sessions");
    REQUIRE(answer.status == 200);
    CHECK(has(answer, R"("session_id":"id-49")"));
    CHECK(has(answer, R"("next_cursor":null})"));
}

TEST_CASE_METHOD(RestFixture, "the cursor of a page leads to the session after its last") {
    kernel.sessions = many(3);
    const auto answer = get("/api/video/sessions?limit=2");
    CHECK(has(answer, R"("session_id":"id-1")"));
    CHECK_FALSE(has(answer, R"("session_id":"id-2")"));
    get("/api/video/sessions?limit=3&cursor=" + cursor_of(answer));
    REQUIRE(kernel.query->after);
    CHECK(to_micros(kernel.query->after->first) == 999'999);
    CHECK(kernel.query->after->second.str() == "id-1");
}

TEST_CASE_METHOD(RestFixture, "a cursor that was cut, changed or taken from another list is refused") {
    kernel.sessions = many(3);
    const std::string list = "/api/video/sessions?limit=1&from=2026-01-25T10:00:00Z";
    const auto cursor = cursor_of(get(list));
    REQUIRE(get(list + "&cursor=" + cursor).status == 200);
    auto changed = cursor;
    changed.front() = changed.front() == '9' ? '8' : '9';
    for (const auto& odd : {std::string(), changed, cursor.substr(1), cursor.substr(0, cursor.size() - 1), cursor + "0",
                            cursor.substr(0, cursor.rfind('_')), std::string("_"), std::string("__")})
        CHECK(get(list + "&cursor=" + odd).status == 422);
    for (const auto* other : {"limit=1", "from=2026-01-25T10:00:01Z", "from=2026-01-25T10:00:00Z&status=ACTIVE",
                              "from=2026-01-25T10:00:00Z&patient_id=p"})
        CHECK(get(std::string("/api/video/sessions?") + other + "&cursor=" + cursor).status == 422);
    kernel.caller = UserId("somebody else");
    CHECK(get(list + "&cursor=" + cursor).status == 422);
}

TEST_CASE_METHOD(RestFixture, "an empty list is a list") {
    kernel.sessions.clear();
    CHECK(get("/api/video/sessions").body == R"({"items":[],"next_cursor":null})");
}

TEST_CASE_METHOD(RestFixture, "the query of a list is handed to the kernel") {
    get("/api/video/"
        "sessions?doctor_id=d&patient_id=p&status=NO_SHOW&from=2026-01-25T10:00:00Z&to=2026-01-25T12:00:00+01:00&x=y");
    REQUIRE(kernel.query);
    CHECK(kernel.query->doctor_id.str() == "d");
    CHECK(kernel.query->patient_id.str() == "p");
    CHECK(kernel.query->status == SessionStatus::no_show);
    // As they were written: the kernel knows in which zone a time without one is. A '+' has become a space on its way.
    CHECK(kernel.query->from == "2026-01-25T10:00:00Z");
    CHECK(kernel.query->to == "2026-01-25T12:00:00+01:00");
    get("/api/video/sessions?from=2026-01-25 10:00:00&to=2026-01-25T12:00:00 01:00");
    CHECK(kernel.query->from == "2026-01-25 10:00:00");
    CHECK(kernel.query->to == "2026-01-25T12:00:00+01:00");
}

TEST_CASE_METHOD(RestFixture, "a query value outside its rules is 422 and names its parameter") {
    for (const auto* query : {"limit=0", "limit=101", "limit=x", "limit=", "limit=-1", "cursor=x", "cursor=1_",
                              "cursor=_a", "status=scheduled", "from=", "to=", "doctor_id="}) {
        const auto answer = get(std::string("/api/video/sessions?") + query);
        INFO(query);
        CHECK(answer.status == 422);
        CHECK(has(answer, R"("code":"invalid_parameter")"));
        const std::string name(query, std::string_view(query).find('='));
        CHECK(has(answer, "\"detail\":\"" + name + " "));
    }
    CHECK(kernel.calls.empty());
}

TEST_CASE_METHOD(RestFixture, "attendees are listed without their tokens") {
    const auto answer = get(kSession + "/attendees");
    CHECK(answer.status == 200);
    CHECK(
        answer.body ==
        R"({"items":[{"attendee_id":"a-1","session_id":"5f0c1c6e-0000-4000-8000-000000000001","user_id":"d-1","role":"DOCTOR",)"
        R"("peer_id":"doctor_d-1_xyz","display_name":"Dr. D","device_type":null,"browser_info":null,"invitation_id":null,)"
        R"("joined_at":"2026-01-25T10:00:00Z","left_at":null,"created_at":"1970-01-01T00:00:00Z",)"
        R"("updated_at":"1970-01-01T00:00:00Z"}],"next_cursor":null})");
}

TEST_CASE_METHOD(RestFixture, "the duration of a visit has two decimals") {
    const auto answer = get(kSession + "/metrics");
    CHECK(answer.status == 200);
    CHECK(has(answer, R"("session_duration_minutes":29.05,"total_participants":2)"));
}
