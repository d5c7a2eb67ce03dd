#include <catch2/catch.hpp>
#include <map>

#include "server_choice.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"

using namespace televisit;
using namespace televisit::turn;

namespace {

TurnServer server(const std::string& name, std::int64_t weight = 1, std::vector<Network> networks = {}) {
    return {name, {}, {"s"}, "", "", weight, std::move(networks)};
}

std::vector<std::string> names(const std::vector<TurnServer>& servers, const std::string& attendee,
                               const std::string& client = "203.0.113.9", std::size_t limit = 9) {
    const testkit::DeterministicSecrets secrets;
    std::vector<std::string> found;
    for (const auto* one : choose_servers(servers, AttendeeId(attendee), client, limit, secrets))
        found.push_back(one->name);
    return found;
}

}  // namespace

TEST_CASE("servers for the client's network come first, those for other networks not at all") {
    const std::vector<TurnServer> servers{server("everybody", 1000), server("ward", 1, {*parse_network("10.1.0.0/16")}),
                                          server("lab", 1, {*parse_network("10.2.0.0/16")})};
    CHECK(names(servers, "a", "10.1.2.3") == std::vector<std::string>{"ward", "everybody"});
    CHECK(names(servers, "a", "203.0.113.9") == std::vector<std::string>{"everybody"});
    CHECK(names(servers, "a", "not an address") == std::vector<std::string>{"everybody"});
}

TEST_CASE("servers for other networks are given when there is nothing else") {
    const std::vector<TurnServer> servers{server("ward", 1, {*parse_network("10.1.0.0/16")})};
    CHECK(names(servers, "a", "203.0.113.9") == std::vector<std::string>{"ward"});
}

TEST_CASE("an attendee gets the same order each time") {
    const std::vector<TurnServer> servers{server("a"), server("b"), server("c"), server("d")};
    for (const auto* attendee : {"one", "two", "three"}) CHECK(names(servers, attendee) == names(servers, attendee));
}

TEST_CASE("over many attendees each server comes first as often as its weight says") {
    const std::vector<TurnServer> servers{server("heavy", 3), server("light", 1)};
    int heavy = 0;
    for (int i = 0; i < 2000; ++i) heavy += names(servers, "attendee-" + std::to_string(i)).front() == "heavy" ? 1 : 0;
    CHECK(heavy > 1400);
    CHECK(heavy < 1600);
}

TEST_CASE("a browser gets no more servers than configured") {
    const std::vector<TurnServer> servers{server("a"), server("b"), server("c")};
    CHECK(names(servers, "x", "203.0.113.9", 2).size() == 2);
}
