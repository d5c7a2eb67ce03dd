#include <catch2/catch.hpp>

#include "text_format.hpp"

using namespace televisit;
using metrics::to_text;

TEST_CASE("a counter is written with its help, its type and its labels") {
    CHECK(to_text({{"televisit_x_total", "What x is.", MetricKind::counter, {{{{"kind", "a\"b\\c\nd"}}, 3, 0, {}}}}}) ==
          "# HELP televisit_x_total What x is.\n# TYPE televisit_x_total counter\n"
          "televisit_x_total{kind=\"a\\\"b\\\\c\\nd\"} 3\n");
}

TEST_CASE("a gauge keeps its fraction") {
    CHECK(to_text({{"televisit_y", "Y.", MetricKind::gauge, {{{}, 0.25, 0, {}}}}}) ==
          "# HELP televisit_y Y.\n# TYPE televisit_y gauge\ntelevisit_y 0.25\n");
}

TEST_CASE("a histogram ends in the bucket that holds everything") {
    const MetricSample sample{{{"port", "p"}}, 1.5, 4, {{0.1, 1}, {1, 3}}};
    CHECK(to_text({{"televisit_z_seconds", "Z.", MetricKind::histogram, {sample}}}) ==
          "# HELP televisit_z_seconds Z.\n# TYPE televisit_z_seconds histogram\n"
          "televisit_z_seconds_count{port=\"p\"} 4\ntelevisit_z_seconds_sum{port=\"p\"} 1.5\n"
          "televisit_z_seconds_bucket{port=\"p\",le=\"0.1\"} 1\ntelevisit_z_seconds_bucket{port=\"p\",le=\"1\"} 3\n"
          "televisit_z_seconds_bucket{port=\"p\",le=\"+Inf\"} 4\n");
}

TEST_CASE("a family without samples is left out") {
    CHECK(to_text({{"televisit_none_total", "None.", MetricKind::counter, {}}}).empty());
}
