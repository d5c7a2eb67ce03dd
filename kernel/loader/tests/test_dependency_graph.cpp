#include <catch2/catch.hpp>

#include "loader/dependency_graph.hpp"

using namespace televisit::loader;

namespace {

std::string names(const std::vector<GraphNode>& nodes, const StartOrder& order) {
    std::string text;
    for (const std::size_t i : order.order) text += nodes[i].id + " ";
    return text;
}

}  // namespace

TEST_CASE("providers start before those who need them, others in the order given") {
    const std::vector<GraphNode> nodes{
        {"web"},
        {"signaling", {}, {"socketio/1"}},
        {"rest", {}, {}, {"records/1"}},
        {"socketio", {"socketio/1"}, {"http/1"}},
        {"pg", {"records/1"}},
    };
    const auto order = start_order(nodes, {"http/1"});
    CHECK(order.problems.empty());
    CHECK(names(nodes, order) == "web socketio signaling pg rest ");
}

TEST_CASE("a capability that nobody provides is a hole, unless it is optional or given") {
    const std::vector<GraphNode> nodes{{"signaling", {}, {"televisit.socketio/1"}, {"televisit.ice/1"}}};
    const auto order = start_order(nodes, {});
    REQUIRE(order.problems.size() == 1);
    CHECK(order.problems[0].text == "signaling → televisit.socketio/1 → nobody provides it");
    CHECK(start_order(nodes, {"televisit.socketio/1"}).problems.empty());
}

TEST_CASE("a cycle is printed as a path, from the one it begins at") {
    const std::vector<GraphNode> nodes{
        {"outside", {}, {"a/1"}},
        {"a", {"a/1"}, {"b/1"}},
        {"b", {"b/1"}, {"c/1"}},
        {"c", {"c/1"}, {}, {"a/1"}},
    };
    const auto order = start_order(nodes, {});
    REQUIRE(order.problems.size() == 1);
    CHECK(order.problems[0].text == "a → b/1 → b → c/1 → c → a/1 → a: a cycle, so neither can start first");
}

TEST_CASE("a plugin that needs itself is a cycle") {
    const auto order = start_order({{"a", {"a/1"}, {"a/1"}}}, {});
    REQUIRE(order.problems.size() == 1);
    CHECK(order.problems[0].text.starts_with("a → a/1 → a: a cycle"));
}

TEST_CASE("two that provide the same are a problem") {
    const auto order = start_order({{"a", {"x/1"}}, {"b", {"x/1"}}}, {});
    REQUIRE(order.problems.size() == 1);
    CHECK(order.problems[0].text == "b and a both provide x/1: only one of them can be used");
}
