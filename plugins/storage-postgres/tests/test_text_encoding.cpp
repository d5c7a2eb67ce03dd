#include "text_encoding.hpp"

#include <catch2/catch.hpp>

using namespace televisit::storage_postgres;

TEST_CASE("nearly every text is held as it is") {
    for (const auto* text :
         {"", "Zoë", "it's \"q\" \\ %s $1", "\xf0\x9f\xa9\xba", "\xed\x9f\xbf\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK_FALSE(encoded(text));
}

TEST_CASE("a byte that cannot be held is written as U+001A and two hex digits") {
    CHECK(encoded(std::string_view("a\0b", 3)) ==
          "a\x1a"
          "00b");
    CHECK(encoded("\x1a") ==
          "\x1a"
          "1a");
    CHECK(encoded("\xff Zo\xc3") ==
          "\x1a"
          "ff Zo\x1a"
          "c3");
}

TEST_CASE("what is not UTF-8 is held byte by byte: too long, surrogates, beyond the last character, cut off") {
    for (const auto* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82", "\xf0\x9f\xa9"}) {
        const auto held = encoded(text);
        REQUIRE(held);
        CHECK(held->size() == 3 * std::string_view(text).size());
        CHECK(decoded(*held) == text);
    }
}

TEST_CASE("what was encoded comes back, whatever it was") {
    std::string text;
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; b += 5) text.append({static_cast<char>(a), static_cast<char>(b)});
    CHECK(decoded(encoded(text).value()) == text);
}

TEST_CASE("a mark without two digits stays what it is") {
    CHECK(decoded("\x1a") == "\x1a");
    CHECK(decoded("\x1a"
                  "0") ==
          "\x1a"
          "0");
    CHECK(decoded("\x1a"
                  "0g!") ==
          "\x1a"
          "0g!");
}
