#include "config/units.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace televisit::config;

TEST_CASE("an integer is decimal digits") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-17") == -17);
    CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    for (const auto* text : {"", "-", "+1", "0644", "00", "-01", "0x10", "1_000", "1.0", "1e3", " 1", "1 ", "--1",
                             "9223372036854775808", "٣", "true"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_integer(text));
    }
}

TEST_CASE("a number is decimal and finite") {
    CHECK(parse_number("3") == 3.0);
    CHECK(parse_number("-0.5") == -0.5);
    CHECK(parse_number("1.5e3") == 1500.0);
    for (const auto* text : {"", ".5", "5.", "01.5", "+1", "inf", "nan", "0x1p3", "1e999", "1e", "1,5", "--1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number(text));
    }
}

TEST_CASE("a duration has a unit") {
    CHECK(parse_duration("250ms") == 250);
    CHECK(parse_duration("10s") == 10'000);
    CHECK(parse_duration("5m") == 300'000);
    CHECK(parse_duration("24h") == 86'400'000);
    CHECK(parse_duration("30d") == 2'592'000'000);
    CHECK(parse_duration("0s") == 0);
    for (const auto* text : {"", "5", "s", "5 s", "-5s", "1.5s", "1h30m", "5S", "5us", "05s", "9223372036854775807s",
                             "9223372036854775807ms", "999999999d"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a size is in bytes or binary units") {
    CHECK(parse_bytes("1000000") == 1'000'000);
    CHECK(parse_bytes("64KiB") == 65'536);
    CHECK(parse_bytes("1MiB") == 1'048'576);
    CHECK(parse_bytes("2GiB") == 2'147'483'648);
    CHECK(parse_bytes("0") == 0);
    for (const auto* text : {"", "KiB", "64KB", "64k", "64 KiB", "-1", "1.5MiB", "064", "9223372036854775807",
                             "9223372036854775807GiB", "8589934592GiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_bytes(text));
    }
}

TEST_CASE("durations and sizes are printed in their largest whole unit") {
    CHECK(duration_text(90'000) == "90s");
    CHECK(duration_text(300'000) == "5m");
    CHECK(duration_text(1'500) == "1500ms");
    CHECK(duration_text(0) == "0s");
    CHECK(bytes_text(65'536) == "64KiB");
    CHECK(bytes_text(1'000'000) == "1000000");
    CHECK(bytes_text(0) == "0");
}

TEST_CASE("what is printed is read back as the same") {
    for (std::int64_t amount :
         {0L, 1L, 999L, 1000L, 1024L, 60'000L, 65'536L, 86'400'000L, 1'073'741'824L, 123'456'789L}) {
        CHECK(parse_duration(duration_text(amount)) == amount);
        CHECK(parse_bytes(bytes_text(amount)) == amount);
    }
}
