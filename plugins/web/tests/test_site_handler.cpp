#include "site_handler.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "temporary_site.hpp"

using televisit::CallContext;
using televisit::HttpRequest;
using televisit::HttpResponse;
using televisit::web::names_tag;
using televisit::web::SiteFolder;
using televisit::web::SiteHandler;
using televisit::web::SiteOptions;
using televisit::web::testing::TemporarySite;

namespace {

struct Fixture {
    TemporarySite site;
    SiteOptions options;

    HttpResponse get(std::string path, std::string if_none_match = {}, std::string origin = "http://clinic.test:8086") {
        auto folder = SiteFolder::open(site.folder().string(), {1000, 1000},
                                       [](std::string_view content) { return "of-" + std::to_string(content.size()); });
        SiteHandler handler(std::move(folder.value()), options);
        HttpRequest request;
        request.path = std::move(path);
        request.origin = std::move(origin);
        if (!if_none_match.empty()) request.headers.push_back({"if-none-match", std::move(if_none_match)});
        return handler.handle(request, CallContext{});
    }
};

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& header : response.headers)
        if (header.name == name) return header.value;
    return {};
}

}  // namespace

TEST_CASE("a page is answered with its type, its tag and the headers that keep it to itself") {
    Fixture f;
    f.site.write("room.html", "<p>");
    const auto response = f.get("/room.html");
    CHECK(response.status == 200);
    CHECK(response.body == "<p>");
    CHECK(header(response, "Content-Type") == "text/html; charset=utf-8");
    CHECK(header(response, "ETag") == "\"of-3\"");
    CHECK(header(response, "Cache-Control") == "no-cache");
    CHECK(header(response, "X-Content-Type-Options") == "nosniff");
    CHECK(header(response, "Referrer-Policy") == "no-referrer");
    CHECK(header(response, "X-Frame-Options") == "DENY");
    CHECK(header(response, "Permissions-Policy").starts_with("camera=(self), microphone=(self)"));
}

TEST_CASE("the policy allows scripts and connections of the own origin alone, and nothing inline") {
    Fixture f;
    f.site.write("room.html", "<p>");
    CHECK(header(f.get("/room.html"), "Content-Security-Policy") ==
          "default-src 'self'; connect-src 'self' ws://clinic.test:8086; object-src 'none'; base-uri 'none'; "
          "form-action 'none'; frame-ancestors 'none'");
    CHECK(
        header(f.get("/room.html", {}, "https://clinic.test"), "Content-Security-Policy").find(" wss://clinic.test;") !=
        std::string::npos);
}

TEST_CASE("an origin that would break out of the policy is left out of it") {
    Fixture f;
    f.site.write("room.html", "<p>");
    const auto policy = header(f.get("/room.html", {}, "http://x; script-src *"), "Content-Security-Policy");
    CHECK(policy.find("script-src") == std::string::npos);
}

TEST_CASE("configured origins may be connected to as well") {
    Fixture f;
    f.options.connect_sources = {"wss://signal.test"};
    f.site.write("room.html", "<p>");
    CHECK(header(f.get("/room.html"), "Content-Security-Policy").find(" wss://signal.test;") != std::string::npos);
}

TEST_CASE("a known tag is answered with 304 and no body") {
    Fixture f;
    f.site.write("app.js", "let a");
    const auto response = f.get("/app.js", "\"of-5\"");
    CHECK(response.status == 304);
    CHECK(response.body.empty());
    CHECK(header(response, "ETag") == "\"of-5\"");
    CHECK(f.get("/app.js", "\"of-6\"").status == 200);
}

TEST_CASE("If-None-Match is a list, compared weakly, or a star") {
    CHECK(names_tag("\"a\", W/\"b\" , \"c,d\"", "\"b\""));
    CHECK(names_tag("\"c,d\"", "\"c,d\""));
    CHECK(names_tag("*", "\"a\""));
    CHECK_FALSE(names_tag("", "\"a\""));
    CHECK_FALSE(names_tag("a", "\"a\""));
    CHECK_FALSE(names_tag("\"a", "\"a\""));
    CHECK_FALSE(names_tag("\"ab\"", "\"a\""));
}

TEST_CASE("scripts may be kept for a while when that is configured, pages never") {
    Fixture f;
    f.options.max_age = std::chrono::minutes(5);
    f.site.write("app.js", "let a");
    f.site.write("index.html", "<p>");
    CHECK(header(f.get("/app.js"), "Cache-Control") == "public, max-age=300");
    CHECK(header(f.get("/"), "Cache-Control") == "no-cache");
}

TEST_CASE("what is not there is a problem document that names no file") {
    Fixture f;
    const auto response = f.get("/nothing.html");
    CHECK(response.status == 404);
    CHECK(header(response, "Content-Type") == "application/problem+json");
    CHECK(response.body == R"({"type":"about:blank","title":"Not Found","status":404,)"
                           R"("detail":"There is nothing at this address.","code":"not_found"})");
}
