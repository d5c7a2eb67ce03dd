#include "problem.hpp"
#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

TEST_CASE_METHOD(RestFixture, "without a credential every call is 401 and names the scheme") {
    for (const auto& route : host.router.routes()) {
        if (route.pattern.find("/api/") != 0) continue;
        auto path = route.pattern;
        for (const auto* part : {"{id}", "{invitation_id}"})
            if (const auto at = path.find(part); at != std::string::npos)
                path.replace(at, std::string_view(part).size(), "x");
        auto sent = request(route.method, path);
        sent.headers.clear();
        const auto answer = send(sent);
        INFO(route.name);
        CHECK(answer.status == 401);
        CHECK(header_of(answer, "WWW-Authenticate") == "Bearer");
        CHECK(has(answer, R"("code":"credential_missing")"));
    }
    CHECK(kernel.calls.empty());
}

TEST_CASE_METHOD(RestFixture, "an Authorization header must be Bearer and one token") {
    const auto bearer = [&](std::vector<HttpHeader> headers) {
        kernel.bearer.clear();
        auto sent = request(HttpMethod::get, kSession);
        sent.headers = std::move(headers);
        return send(sent).status;
    };
    CHECK(bearer({{"authorization", "bearer  abc.d-e_f"}}) == 200);
    CHECK(kernel.bearer == "abc.d-e_f");
    for (const auto* value :
         {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", "Bearer a b", "Bearer a,b", "Bearer \x80", "abc"})
        CHECK(bearer({{"Authorization", value}}) == 401);
    CHECK(bearer({{"Authorization", "Bearer a"}, {"Authorization", "Bearer a"}}) == 401);
    CHECK(kernel.bearer.empty());
}

TEST_CASE_METHOD(RestFixture, "a credential that does not hold is 401 and says so") {
    kernel.identity_failure = error(Errc::unauthenticated, "token_expired", "The credential has expired.");
    const auto answer = get(kSession);
    CHECK(answer.status == 401);
    CHECK(header_of(answer, "WWW-Authenticate") == R"(Bearer error="invalid_token")");
    CHECK(has(answer, R"("code":"token_expired")"));
}

TEST_CASE_METHOD(RestFixture, "a body must be declared as JSON") {
    const auto status = [&](std::vector<HttpHeader> headers) {
        auto sent = request(HttpMethod::post, kSession + "/join", "{}");
        sent.headers = std::move(headers);
        sent.headers.push_back({"Authorization", "Bearer t"});
        return send(sent).status;
    };
    CHECK(status({{"content-type", "Application/JSON ; charset=utf-8"}}) == 200);
    CHECK(status({}) == 415);
    CHECK(status({{"Content-Type", "text/plain"}}) == 415);
    CHECK(status({{"Content-Type", "application/jsonx"}}) == 415);
}

TEST_CASE_METHOD(RestFixture, "a body that is no JSON object is malformed") {
    const std::string deep = R"({"metadata":)" + std::string(40, '[') + std::string(40, ']') + "}";
    for (const auto& body :
         {std::string("{"), std::string("[]"), std::string("7"), std::string("{}{}"), std::string("{'a':1}"),
          std::string("{\"a\":NaN}"), std::string("{\"a\":01}"), std::string("{\"a\":\"\xff\"}"),
          std::string("\xef\xbb\xbf{}"), std::string(R"({"role":"A","role":"B"})"),
          std::string(R"({"role":"A","r\u006fle":"B"})"), deep}) {
        const auto answer = post(kSession + "/join", body);
        INFO(body);
        CHECK(answer.status == 400);
        CHECK(has(answer, R"("code":"invalid_json")"));
    }
    std::string names = "{";
    for (int i = 0; i < 256; ++i) names += "\"n" + std::to_string(i) + "\":0,";
    CHECK(post(kSession + "/join", names + R"("n":0})").status == 400);
    CHECK(post("/api/video/sessions").status == 400);
    CHECK(kernel.calls.empty());
    names.back() = '}';
    CHECK(post(kSession + "/join", names).status == 200);
}

TEST_CASE_METHOD(RestFixture,
                 "a problem document has the members of RFC 9457, the code, the fields and what the kernel adds") {
    auto failure = error(Errc::conflict, "join_too_early", "The visit is not open yet.");
    failure.detail = "for the log only";
    failure.members = {{"opens_at", "\"2026-01-25T09:45:00Z\""}};
    failure.fields = {{"/a~1b", "odd", "It is \"odd\"."}};
    kernel.failure = failure;
    const auto answer = post(kSession + "/join");
    CHECK(answer.status == 409);
    CHECK(header_of(answer, "Content-Type") == "application/problem+json");
    CHECK(
        answer.body ==
        R"({"type":"about:blank","title":"Conflict","status":409,"detail":"The visit is not open yet.","code":"join_too_early",)"
        R"("errors":[{"pointer":"/a~1b","code":"odd","detail":"It is \"odd\"."}],"opens_at":"2026-01-25T09:45:00Z"})");
}

TEST_CASE_METHOD(RestFixture, "Retry-After is the kernel's, or a second where coming back helps") {
    kernel.failure = error(Errc::unavailable, "The store is away.");
    CHECK(header_of(get(kSession), "Retry-After") == "1");
    kernel.failure->retry_after = std::chrono::seconds(7);
    CHECK(header_of(get(kSession), "Retry-After") == "7");
    kernel.failure = error(Errc::not_found, "There is no such session.");
    CHECK(header_of(get(kSession), "Retry-After").empty());
}

TEST_CASE_METHOD(RestFixture, "a fault inside is 500 and tells the caller nothing of it") {
    kernel.failure = error(Errc::internal, "SELECT * FROM secrets");
    kernel.failure->detail = "stack";
    const auto answer = get(kSession);
    CHECK(answer.status == 500);
    CHECK_FALSE(has(answer, "SELECT"));
    CHECK_FALSE(has(answer, "stack"));
    CHECK(host.log.mentions("stack"));
}

TEST_CASE("every code has its status") {
    using rest_api::http_status;
    CHECK(http_status(Errc::malformed) == 400);
    CHECK(http_status(Errc::unauthenticated) == 401);
    CHECK(http_status(Errc::forbidden) == 403);
    CHECK(http_status(Errc::not_found) == 404);
    CHECK(http_status(Errc::conflict) == 409);
    CHECK(http_status(Errc::stale) == 412);
    CHECK(http_status(Errc::too_large) == 413);
    CHECK(http_status(Errc::unsupported_media) == 415);
    CHECK(http_status(Errc::invalid) == 422);
    CHECK(http_status(Errc::precondition_required) == 428);
    CHECK(http_status(Errc::rate_limited) == 429);
    CHECK(http_status(Errc::unavailable) == 503);
    CHECK(http_status(Errc::timeout) == 503);
    CHECK(http_status(Errc::internal) == 500);
}

TEST_CASE_METHOD(RestFixture, "no credential, name or metadata is ever logged") {
    kernel.failure = error(Errc::internal, "x");
    post(
        "/api/video/sessions",
        R"({"doctor_id":"Whipple","patient_id":"p","scheduled_start_time":"a","scheduled_end_time":"b","metadata":{"n":"Gaucher"}})");
    post(kSession + "/join", R"({"display_name":"Whipple"})");
    CHECK_FALSE(host.log.mentions("some-token"));
    CHECK_FALSE(host.log.mentions("Whipple"));
    CHECK_FALSE(host.log.mentions("Gaucher"));
}

TEST_CASE_METHOD(RestFixture, "the kernel learns from where a credential comes, and whoever guesses is told to wait") {
    kernel.identity_failure = error(Errc::rate_limited, "too_many_guesses", "Too many wrong credentials.");
    kernel.identity_failure->retry_after = std::chrono::seconds(3);
    const auto refused = post(kSession + "/join");
    CHECK(refused.status == 429);
    CHECK(has(refused, R"("code":"too_many_guesses")"));
    CHECK(header_of(refused, "Retry-After") == "3");
    CHECK(kernel.presented_from == "203.0.113.9");
}
