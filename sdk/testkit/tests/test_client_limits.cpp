#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "televisit/sdk/client_limits.hpp"

using namespace televisit;
using namespace std::chrono_literals;

namespace {

const SteadyTime kStart{1h};
using Refusal = ClientPlaces::Refusal;

}  // namespace

TEST_CASE("one subscriber is one address: IPv4 whole, IPv6 by its first 64 bits") {
    CHECK(client_key("192.0.2.1") != client_key("192.0.2.2"));
    CHECK(client_key("::ffff:192.0.2.1") == client_key("192.0.2.1"));
    CHECK(client_key("::ffff:c000:201") == client_key("192.0.2.1"));
    CHECK(client_key("2001:db8:1:2::1") == client_key("2001:db8:1:2:ffff::9"));
    CHECK(client_key("2001:db8:1:2:3:4:5:6") == client_key("2001:0DB8:0001:2::"));
    CHECK(client_key("2001:db8:1:2::1") != client_key("2001:db8:1:3::1"));
    CHECK(client_key("::1") == client_key("0:0:0:0:0:0:0:1"));
    CHECK(client_key("::") == client_key("::1.2.3.4"));
    CHECK(client_key("fe80::1%eth0") == client_key("fe80::1"));
    for (const char* text : {"",
                             "unix",
                             "1.2.3",
                             "1.2.3.4.5",
                             "256.1.1.1",
                             "1..2.3",
                             "1.2.3.",
                             "1.2.3.4 ",
                             "0001.2.3.4",
                             ":",
                             ":::",
                             "1:2",
                             ":1:2:3:4:5:6:7",
                             "12345::",
                             "1:2:3:4:5:6:7:8:9",
                             "1::2::3",
                             "1:2:3:4:5:6:7:8::",
                             "::1.2.3.4:5",
                             "::1.2.3",
                             "1:",
                             "g::",
                             "-1::"})
        CHECK(client_key(text) == text);
}

TEST_CASE("places of one address have a bound, and are given back") {
    ClientPlaces places({.of_address = 2});
    auto one = places.enter("192.0.2.1");
    auto two = places.enter("192.0.2.1");
    CHECK(one.place);
    CHECK(two.place);
    auto three = places.enter("192.0.2.1");
    CHECK_FALSE(three.place);
    CHECK(three.refusal == Refusal::of_address);
    CHECK(places.enter("192.0.2.2").place);
    CHECK(places.taken() == 2);

    one.place.leave();
    one.place.leave();
    CHECK(places.taken() == 1);
    CHECK(places.enter("192.0.2.1").place);
}

TEST_CASE("places in all have one, whoever has them") {
    ClientPlaces places({.in_all = 2});
    auto one = places.enter("192.0.2.1");
    auto two = places.enter("192.0.2.2");
    CHECK(places.enter("192.0.2.3").refusal == Refusal::in_all);
    two = {};
    CHECK(places.enter("192.0.2.3").refusal == Refusal::none);
}

TEST_CASE("whose address is not known takes a place in all only") {
    ClientPlaces places({.in_all = 3, .of_address = 1});
    auto one = places.enter(std::nullopt);
    auto two = places.enter(std::nullopt);
    CHECK(two.place);
    CHECK(places.enter("192.0.2.1").place);
    auto three = places.enter(std::nullopt);
    CHECK(places.enter(std::nullopt).refusal == Refusal::in_all);
}

TEST_CASE("an address that has nothing open costs nothing") {
    ClientPlaces places({.of_address = 5});
    std::vector<ClientPlaces::Entry> entries;
    for (int i = 0; i < 100; ++i) entries.push_back(places.enter("10.0.0." + std::to_string(i)));
    CHECK(places.addresses() == 100);
    ClientPlaces::Place moved = std::move(entries.back().place);
    entries.clear();
    CHECK(places.addresses() == 1);
    moved = ClientPlaces::Place();
    CHECK(places.addresses() == 0);
    CHECK(places.taken() == 0);
}

TEST_CASE("a place knows a client of its address") {
    ClientPlaces places({});
    const auto one = places.enter("2001:db8:1:2::1");
    const auto two = places.enter("2001:db8:1:2::2");
    CHECK(two.place.client() == "2001:db8:1:2::1");
    CHECK(places.enter(std::nullopt).place.client().empty());
    CHECK(ClientPlaces::Place().client().empty());
}

TEST_CASE("places are taken and given back by several threads at a time") {
    ClientPlaces places({.in_all = 50, .of_address = 20});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&places, i] {
            for (int round = 0; round < 2000; ++round) {
                const auto mine = places.enter("10.0.0." + std::to_string((round + i) % 3));
                if (mine.place && places.taken() > 50) std::terminate();
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(places.taken() == 0);
    CHECK(places.addresses() == 0);
}

TEST_CASE("each address has a rate of its own, and is told how long to wait") {
    ClientRates rates(Rate(10, 2), 100);
    CHECK_FALSE(rates.take("192.0.2.1", kStart));
    CHECK_FALSE(rates.take("192.0.2.1", kStart));
    CHECK(rates.take("192.0.2.1", kStart) == Duration(100ms));
    CHECK_FALSE(rates.take("192.0.2.2", kStart));
    CHECK(rates.take("::ffff:192.0.2.1", kStart + 50ms) == Duration(50ms));
    CHECK_FALSE(rates.take("192.0.2.1", kStart + 100ms));
    CHECK(rates.take("192.0.2.3", kStart, 2) == std::nullopt);
    CHECK(rates.take("192.0.2.3", kStart, 2) == Duration(200ms));
}

TEST_CASE("addresses are forgotten when their past does not count any more") {
    ClientRates rates(Rate(10, 2), 1000);
    for (int i = 0; i < 100; ++i) rates.take("10.0.0." + std::to_string(i), kStart);
    CHECK(rates.addresses() == 100);
    for (int i = 0; i < 60; ++i) rates.take("10.0.1." + std::to_string(i), kStart + 1s);
    CHECK(rates.addresses() == 60);
}

TEST_CASE("no more addresses are remembered than allowed, those of the longest silence go first") {
    ClientRates rates(Rate(1, 1), 3);
    for (const char* const address : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1"}) rates.take(address, kStart);
    rates.take("10.0.0.4", kStart);
    CHECK(rates.addresses() == 3);
    CHECK(rates.take("10.0.0.1", kStart));
    CHECK_FALSE(rates.take("10.0.0.2", kStart));
}

TEST_CASE("without a rate nothing is counted") {
    ClientRates rates(Rate(), 10);
    for (int i = 0; i < 100; ++i) CHECK_FALSE(rates.take("10.0.0." + std::to_string(i), kStart));
    CHECK(rates.addresses() == 0);
}
