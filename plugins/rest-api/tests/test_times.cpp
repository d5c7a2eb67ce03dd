#include <catch2/catch.hpp>

#include "times.hpp"

using televisit::from_micros;
using televisit::rest_api::time_text;

TEST_CASE("a time is printed in UTC to the second") {
    CHECK(time_text(from_micros(0)) == "1970-01-01T00:00:00Z");
    CHECK(time_text(from_micros(1'769'335'200'999'999)) == "2026-01-25T10:00:00Z");
    CHECK(time_text(from_micros(-1)) == "1969-12-31T23:59:59Z");
}
