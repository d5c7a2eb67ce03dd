#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <string>

#include "daemon/drain.hpp"

using namespace televisit;
using namespace televisit::daemon;
using namespace std::chrono_literals;

namespace {

/// Steps that write down what they are asked.
struct Emptied {
    std::atomic<std::size_t> clients{2};
    std::promise<void> cut;
    std::string told;  // by the drain's thread, before `cut`
    Drain drain{{[this](const DrainNotice& notice) {
                     told += "told " + std::to_string(notice.reconnect_after.value_or(0ms).count());
                 },
                 [this] { return clients.load(); },
                 [this] {
                     told += " cut";
                     cut.set_value();
                 }}};
};

}  // namespace

TEST_CASE("clients are told, and cut when the deadline has come") {
    Emptied server;
    server.drain.open();
    CHECK(server.drain.state() == DrainState::none);
    REQUIRE(server.drain.begin({0ms, {7s}}));
    server.cut.get_future().wait();
    CHECK(server.drain.finish());
    CHECK(server.told == "told 7000 cut");
    CHECK(server.drain.state() == DrainState::drained);
}

TEST_CASE("a drain is over as soon as the last client has left") {
    Emptied server;
    server.drain.open();
    REQUIRE(server.drain.begin({1h, {}}));
    CHECK(server.drain.state() == DrainState::announced);
    server.clients = 0;
    server.cut.get_future().wait();
    CHECK(server.drain.finish());
}

TEST_CASE("who finishes a drain does not wait for its deadline") {
    Emptied server;
    server.drain.open();
    REQUIRE(server.drain.begin({1h, {}}));
    CHECK(server.drain.finish());
    CHECK(server.told == "told 0 cut");
    CHECK(server.drain.state() == DrainState::drained);
}

TEST_CASE("the first order stands, and after the end there is none") {
    Emptied server;
    server.drain.open();
    REQUIRE(server.drain.begin({1h, {}}));
    CHECK(server.drain.begin({0ms, {}}).error().name() == "already_draining");
    CHECK(server.drain.finish());
    CHECK(server.drain.begin({0ms, {}}).error().name() == "not_running");
}

TEST_CASE("a server that does not run yet, or not any more, is not drained") {
    Emptied server;
    CHECK(server.drain.begin({0ms, {}}).error().name() == "not_running");
    server.drain.open();
    CHECK_FALSE(server.drain.finish());
    CHECK(server.drain.begin({0ms, {}}).error().name() == "not_running");
    CHECK(server.told.empty());
}
