#include <catch2/catch.hpp>

#include "times.hpp"

using televisit::from_micros;
using televisit::to_micros;
using televisit::rest_api::parse_time;
using televisit::rest_api::time_text;

TEST_CASE("a time is printed in UTC to the second") {
    CHECK(time_text(from_micros(0)) == "1970-01-01T00:00:00Z");
    CHECK(time_text(from_micros(1'769'335'200'999'999)) == "2026-01-25T10:00:00Z");
    CHECK(time_text(from_micros(-1)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("a time is read with its zone and its fraction") {
    const auto micros = [](const char* text) {
        const auto at = parse_time(text);
        INFO(text);
        REQUIRE(at);
        return to_micros(*at);
    };
    CHECK(micros("2026-01-25T10:00:00Z") == 1'769'335'200'000'000);
    CHECK(micros("2026-01-25t10:00:00.123456789z") == 1'769'335'200'123'456);
    CHECK(micros("2026-01-25T12:30:00+02:30") == 1'769'335'200'000'000);
    CHECK(micros("2026-01-25T12:30:00 02:30") == 1'769'335'200'000'000);
    CHECK(micros("2026-01-25T05:00:00-05:00") == 1'769'335'200'000'000);
}

TEST_CASE("what is no time with a zone is refused") {
    for (const auto* text :
         {"", "2026-01-25", "2026-01-25T10:00:00", "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z",
          "2026-01-25T24:00:00Z", "2026-01-25T10:60:00Z", "2026-01-25T10:00:60Z", "2026-01-25T10:00:00.Z",
          "2026-01-25T10:00:00+25:00", "2026-01-25T10:00:00Zx", "26-01-25T10:00:00Z", "2026-01-25T10:00Z"})
        CHECK_FALSE(parse_time(text));
}
