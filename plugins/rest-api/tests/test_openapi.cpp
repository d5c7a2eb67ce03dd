#include <simdjson.h>

#include <set>

#include "openapi_route.hpp"
#include "rest_fixture.hpp"

using namespace televisit;
using namespace televisit::rest_api::testing;

namespace {

std::string lower(std::string_view text) {
    std::string copy;
    for (const char c : text) copy.push_back(televisit::detail::ascii_lower(c));
    return copy;
}

/// "get /health" and so on, as the document has them.
std::set<std::string> documented() {
    simdjson::dom::parser parser;
    const simdjson::dom::object paths = parser.parse(simdjson::padded_string(rest_api::openapi_text()))["paths"];
    std::set<std::string> operations;
    for (const auto path : paths)
        for (const auto member : path.value.get_object())
            if (member.key != "parameters") operations.insert(std::string(member.key) + " " + std::string(path.key));
    return operations;
}

}  // namespace

TEST_CASE_METHOD(RestFixture, "the document has exactly the routes that are served") {
    std::set<std::string> served;
    for (const auto& route : host.router.routes()) served.insert(lower(to_string(route.method)) + " " + route.pattern);
    CHECK(documented() == served);
}

TEST_CASE_METHOD(RestFixture, "an operation is called as its route is in figures and logs") {
    simdjson::dom::parser parser;
    const simdjson::dom::element document = parser.parse(simdjson::padded_string(rest_api::openapi_text()));
    for (const auto& route : host.router.routes()) {
        INFO(route.name);
        const std::string_view id = document["paths"][route.pattern][lower(to_string(route.method))]["operationId"];
        CHECK(id == route.name);
    }
}

TEST_CASE_METHOD(RestFixture, "the document is sent once, and then only told to be unchanged") {
    auto request = RestFixture::request(HttpMethod::get, "/openapi.json");
    request.headers.clear();
    const auto first = send(request);
    CHECK(first.status == 200);
    CHECK(header_of(first, "Content-Type") == "application/json");
    CHECK(first.body == rest_api::openapi_text());
    const auto etag = header_of(first, "ETag");
    for (const auto& known : {etag, "W/" + etag, "\"other\" , " + etag, std::string("*")}) {
        INFO(known);
        request.headers = {{"If-None-Match", known}};
        const auto again = send(request);
        CHECK(again.status == 304);
        CHECK(again.body.empty());
        CHECK(header_of(again, "ETag") == etag);
    }
    request.headers = {{"If-None-Match", "\"other\""}};
    CHECK(send(request).status == 200);
}
