#include "json/text.hpp"

#include <catch2/catch.hpp>

using namespace televisit::json;

TEST_CASE("text becomes a JSON string with what must be escaped escaped") {
    CHECK(string_of("plain") == "\"plain\"");
    CHECK(string_of("a\"b\\c\n\r\t\x01") == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\"");
    CHECK(string_of("h\xC3\xA9") == "\"h\xC3\xA9\"");
}

TEST_CASE("every character that must be escaped is found, wherever it stands") {
    for (int c = 0; c < 256; ++c) {
        const bool plain = c >= 0x20 && c != '"' && c != '\\';
        for (std::size_t at = 0; at < 19; ++at) {
            std::string text(19, 'x');
            text[at] = static_cast<char>(c);
            CHECK(is_plain(text) == plain);
        }
    }
}

TEST_CASE("a JSON string becomes the text it stands for") {
    std::string scratch;
    CHECK(text_of("\"plain\"", scratch) == "plain");
    CHECK(text_of("\"\"", scratch).empty());
    CHECK(text_of(R"("\"\\\/\b\f\n\r\tA\u00e9\u20ac\ud83d\ude00")", scratch) ==
          "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST_CASE("a lone surrogate becomes the replacement character") {
    std::string scratch;
    CHECK(text_of(R"("\ud83d")", scratch) == "\xEF\xBF\xBD");
    CHECK(text_of(R"("\ude00x")", scratch) == "\xEF\xBF\xBDx");
    CHECK(text_of(R"("\ud83dA")", scratch) ==
          "\xEF\xBF\xBD"
          "A");
}

TEST_CASE("a text without escapes is not copied") {
    std::string scratch;
    const std::string_view json = "\"peer\"";
    CHECK(text_of(json, scratch).data() == json.data() + 1);
}

TEST_CASE("strings are compared by what they stand for") {
    CHECK(string_equals(R"("join")", "join"));
    CHECK(string_equals(R"("\u006aoin")", "join"));
    CHECK_FALSE(string_equals(R"("join")", "joi"));
}

TEST_CASE("the length of a string is counted in characters") {
    CHECK(string_length("\"\"") == 0);
    CHECK(string_length("\"h\xC3\xA9\"") == 2);
    CHECK(string_length(R"("\ud83d\ude00\n")") == 2);
}
