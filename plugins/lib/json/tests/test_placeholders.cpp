#include "json/placeholders.hpp"

#include <catch2/catch.hpp>
#include <string>

using televisit::json::has_exact_placeholders;

TEST_CASE("placeholders are complete when each number stands once") {
    CHECK(has_exact_placeholders(R"(["e",{"_placeholder":true,"num":0}])", 1));
    CHECK(has_exact_placeholders(R"([{"_placeholder":true,"num":1},{"a":{"num":0,"_placeholder":true}}])", 2));
    CHECK(has_exact_placeholders(R"({"a":1})", 0));
}

TEST_CASE("missing, repeated and foreign placeholders are told") {
    CHECK_FALSE(has_exact_placeholders(R"([])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])", 2));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":1}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":-1}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":0.0}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":"0"}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true}])", 1));
    CHECK_FALSE(has_exact_placeholders(R"([{"_placeholder":true,"num":0}])", 0));
}

TEST_CASE("an object that only resembles a placeholder is data") {
    CHECK(has_exact_placeholders(R"([{"_placeholder":false,"num":9},{"_placeholder":1,"num":{}}])", 0));
    CHECK(has_exact_placeholders(R"(["{\"_placeholder\":true,\"num\":0}"])", 0));
}

TEST_CASE("as many attachments as are ever accepted can be told apart") {
    std::string text = "[";
    for (int i = 63; i >= 0; --i)
        text += R"({"_placeholder":true,"num":)" + std::to_string(i) + "}" + (i > 0 ? "," : "]");
    CHECK(has_exact_placeholders(text, 64));
    CHECK_FALSE(has_exact_placeholders(text, 65));
    CHECK_FALSE(has_exact_placeholders(text, 63));
}
