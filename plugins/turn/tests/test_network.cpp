#include <catch2/catch.hpp>

#include "network.hpp"

using namespace televisit::turn;

namespace {

bool contains(const char* network, const char* address) {
    INFO(network << " " << address);
    const auto parsed_network = parse_network(network);
    const auto parsed_address = parse_address(address);
    REQUIRE(parsed_network);
    REQUIRE(parsed_address);
    return parsed_network->contains(*parsed_address);
}

}  // namespace

TEST_CASE("a network contains the addresses that share its prefix") {
    CHECK(contains("10.0.0.0/8", "10.255.1.2"));
    CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
    CHECK(contains("10.8.0.0/13", "10.15.0.1"));
    CHECK_FALSE(contains("10.8.0.0/13", "10.16.0.1"));
    CHECK(contains("192.0.2.7", "192.0.2.7"));
    CHECK_FALSE(contains("192.0.2.7", "192.0.2.8"));
    CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
}

TEST_CASE("an IPv4 client that comes in IPv6 form is the same client") {
    CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    CHECK(contains("0.0.0.0/0", "203.0.113.9"));
    CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    CHECK(contains("::/0", "203.0.113.9"));
}

TEST_CASE("what is no network is refused") {
    for (const auto* text :
         {"", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "::/129", "host/8", "10.0.0.0/8/8"})
        CHECK_FALSE(parse_network(text));
}
