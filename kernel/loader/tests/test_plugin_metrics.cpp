#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/plugin_metrics.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

bool has(const std::vector<MetricFamily>& families, const std::string& name) {
    return std::any_of(families.begin(), families.end(), [&](const MetricFamily& f) { return f.name == name; });
}

}  // namespace

TEST_CASE("a plugin's source is asked until the plugin is stopped") {
    BorderFixture f;
    PluginMetrics metrics(f.metrics, f.guard);
    int asked = 0;
    metrics.add_source([&] {
        ++asked;
        return std::vector<MetricFamily>{{"televisit_sample_things", "Things", MetricKind::gauge, {MetricSample{}}}};
    });
    CHECK(has(metrics.collect(), "televisit_sample_things"));
    metrics.close();
    CHECK_FALSE(has(f.metrics.collect(), "televisit_sample_things"));
    CHECK(asked == 1);
}

TEST_CASE("a source that throws costs its own figures only") {
    BorderFixture f;
    PluginMetrics metrics(f.metrics, f.guard);
    metrics.counter("televisit_other_total", "Other", {}).add();
    metrics.add_source([]() -> std::vector<MetricFamily> { throw 1; });
    CHECK(has(f.metrics.collect(), "televisit_other_total"));
    CHECK(f.logger.lines().size() == 1);
}
