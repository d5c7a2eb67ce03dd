#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

#include "runtime/metric_store.hpp"

using namespace televisit;
using namespace televisit::runtime;

namespace {

const MetricFamily* find(const std::vector<MetricFamily>& families, const std::string& name) {
    for (const MetricFamily& family : families)
        if (family.name == name) return &family;
    return nullptr;
}

}  // namespace

TEST_CASE("the same name and labels give the same instrument, in whatever order the labels come") {
    MetricStore store;
    Counter& one = store.counter("televisit_things_total", "Things", {{"a", "1"}, {"b", "2"}});
    Counter& two = store.counter("televisit_things_total", "Things", {{"b", "2"}, {"a", "1"}});
    CHECK(&one == &two);
    CHECK(&one != &store.counter("televisit_things_total", "Things", {{"a", "1"}, {"b", "3"}}));
}

TEST_CASE("what several threads count is added up") {
    MetricStore store;
    Counter& counter = store.counter("televisit_things_total", "Things", {});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 10'000; ++k) counter.add();
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(find(store.collect(), "televisit_things_total")->samples.at(0).value == 40'000);
}

TEST_CASE("a gauge is set and changed") {
    MetricStore store;
    Gauge& gauge = store.gauge("televisit_level", "Level", {{"where", "here"}});
    gauge.set(5);
    gauge.add(-2.5);
    const auto families = store.collect();
    const auto& sample = find(families, "televisit_level")->samples.at(0);
    CHECK(sample.value == 2.5);
    CHECK(sample.labels == MetricLabels{{"where", "here"}});
}

TEST_CASE("a histogram has cumulative buckets, bounds included, a sum and a count") {
    MetricStore store;
    Histogram& histogram = store.histogram("televisit_time_seconds", "Time", {0.1, 1, 10}, {});
    for (const double value : {0.05, 0.1, 0.5, 100.0}) histogram.observe(value);
    const auto families = store.collect();
    const auto& sample = find(families, "televisit_time_seconds")->samples.at(0);
    CHECK(sample.buckets == std::vector<std::pair<double, std::uint64_t>>{{0.1, 2}, {1, 3}, {10, 3}});
    CHECK(sample.count == 4);
    CHECK(sample.value == Approx(100.65));
}

TEST_CASE("names and labels that Prometheus would not take are a programmer's error") {
    MetricStore store;
    CHECK_THROWS_AS(store.counter("", "x", {}), std::logic_error);
    CHECK_THROWS_AS(store.counter("9lives", "x", {}), std::logic_error);
    CHECK_THROWS_AS(store.counter("with-dash", "x", {}), std::logic_error);
    CHECK_THROWS_AS(store.counter("ok", "x", {{"a-b", "1"}}), std::logic_error);
    CHECK_THROWS_AS(store.counter("ok", "x", {{"__reserved", "1"}}), std::logic_error);
    CHECK_THROWS_AS(store.counter("ok", "x", {{"le", "1"}}), std::logic_error);
    CHECK_THROWS_AS(store.counter("ok", "x", {{"a", "1"}, {"a", "2"}}), std::logic_error);
    CHECK_THROWS_AS(store.histogram("ok_seconds", "x", {1, 1}, {}), std::logic_error);
}

TEST_CASE("a name has one kind") {
    MetricStore store;
    store.counter("televisit_things_total", "Things", {});
    CHECK_THROWS_AS(store.gauge("televisit_things_total", "Things", {}), std::logic_error);
}

TEST_CASE("a family with too many series keeps no more, and says so") {
    MetricStore store;
    for (std::size_t i = 0; i < MetricStore::kMaxSeries + 5; ++i)
        store.counter("televisit_things_total", "Things", {{"id", std::to_string(i)}}).add();
    const auto families = store.collect();
    CHECK(find(families, "televisit_things_total")->samples.size() == MetricStore::kMaxSeries);
    CHECK(find(families, "televisit_metric_series_dropped_total")->samples.at(0).value == 5);
}

TEST_CASE("sources are asked when somebody looks, and are put together with what is registered") {
    MetricStore store;
    store.counter("televisit_b_total", "B", {{"x", "1"}}).add();
    int asked = 0;
    store.add_source([&] {
        ++asked;
        MetricSample same;
        same.labels = {{"x", "1"}};
        same.value = 100;
        MetricSample other;
        other.labels = {{"x", "2"}};
        other.value = 7;
        return std::vector<MetricFamily>{{"televisit_b_total", "B", MetricKind::counter, {same, other}},
                                         {"televisit_a", "A", MetricKind::gauge, {MetricSample{}}},
                                         {"not a name", "", MetricKind::gauge, {}}};
    });
    CHECK(asked == 0);
    const auto families = store.collect();
    CHECK(asked == 1);
    REQUIRE(families.size() == 3);
    CHECK(families[0].name == "televisit_a");
    CHECK(families[1].name == "televisit_b_total");
    REQUIRE(families[1].samples.size() == 2);
    CHECK(families[1].samples[0].value == 1);
    CHECK(families[1].samples[1].value == 7);
}
