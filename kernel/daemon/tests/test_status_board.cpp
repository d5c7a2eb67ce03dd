#include <catch2/catch.hpp>

#include "daemon/status_board.hpp"

using namespace televisit;
using namespace televisit::daemon;

TEST_CASE("the board tells the latest state of each component, in the order they came") {
    StatusBoard board("1.0", NodeId("n"));
    CHECK_FALSE(board.status().ready);
    board.set_component("a", "lib-a", "starting", "");
    board.set_component("b", "lib-b", "starting", "");
    board.set_component("a", "lib-a", "running", "well");
    board.set_started();
    board.set_ready(true);
    const ServerStatus status = board.status();
    CHECK(status.ready);
    CHECK(status.started);
    CHECK(status.version == "1.0");
    REQUIRE(status.components.size() == 2);
    CHECK(status.components[0].name == "a");
    CHECK(status.components[0].state == "running");
    CHECK(status.components[0].detail == "well");
}

TEST_CASE("the board tells what the server has to do without, as long as somebody knows") {
    StatusBoard board("1.0", NodeId("n"));
    board.set_away([] { return std::vector<std::string>{"backplane"}; });
    REQUIRE(board.status().components.size() == 1);
    CHECK(board.status().components[0].name == "backplane");
    CHECK(board.status().components[0].state == "degraded");
    board.set_away({});
    CHECK(board.status().components.empty());
}
