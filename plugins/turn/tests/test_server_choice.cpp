#include <catch2/catch.hpp>
#include <map>

#include "server_choice.hpp"
#include "televisit/testkit/deterministic_secrets.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::turn;

namespace {

TurnServer server(const std::string& name, std::int64_t weight = 1, std::vector<Network> networks = {}) {
    return {name, {}, {"s"}, "", "", weight, std::move(networks)};
}

std::vector<std::string> names(const std::vector<TurnServer>& servers, const std::string& attendee,
                               const std::string& client = "203.0.113.9", std::size_t limit = 9,
                               std::vector<ServerCondition> conditions = {}) {
    const testkit::DeterministicSecrets secrets;
    conditions.resize(servers.size());
    std::vector<std::string> found;
    for (const auto i : choose_servers(servers, conditions, AttendeeId(attendee), client, limit, secrets))
        found.push_back(servers[i].name);
    return found;
}

std::vector<std::string> names(const std::vector<TurnServer>& servers, std::vector<ServerCondition> conditions,
                               const std::string& client = "203.0.113.9") {
    return names(servers, "a", client, 9, std::move(conditions));
}

ServerCondition condition(Grade grade, std::chrono::milliseconds latency = 1ms) {
    return {grade, latency, {}};
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

TEST_CASE("a server that is down is left out, even when it is for the client's network") {
    const std::vector<TurnServer> servers{server("ward", 1, {*parse_network("10.1.0.0/16")}), server("everybody")};
    CHECK(names(servers, {condition(Grade::down), condition(Grade::up)}, "10.1.2.3") ==
          std::vector<std::string>{"everybody"});
}

TEST_CASE("a server for another network is better than one that is down") {
    const std::vector<TurnServer> servers{server("ward", 1, {*parse_network("10.1.0.0/16")}), server("everybody")};
    CHECK(names(servers, {condition(Grade::up), condition(Grade::down)}) == std::vector<std::string>{"ward"});
}

TEST_CASE("when all are down all are given: perhaps it is this server that sees nothing") {
    const std::vector<TurnServer> servers{server("a"), server("b")};
    CHECK(names(servers, {condition(Grade::down), condition(Grade::down)}).size() == 2);
}

TEST_CASE("the healthy come before the degraded, and the near before the far") {
    const std::vector<TurnServer> servers{server("full"), server("far"), server("near")};
    CHECK(names(servers, {condition(Grade::degraded), condition(Grade::up, 120ms), condition(Grade::up, 5ms)}) ==
          std::vector<std::string>{"near", "far", "full"});
}

TEST_CASE("what is for the client's network comes first, however far it is") {
    const std::vector<TurnServer> servers{server("everybody"), server("ward", 1, {*parse_network("10.1.0.0/16")})};
    CHECK(names(servers, {condition(Grade::up, 1ms), condition(Grade::up, 500ms)}, "10.1.2.3").front() == "ward");
}

TEST_CASE("a few milliseconds change nothing: servers that are about as near share by weight") {
    const std::vector<TurnServer> servers{server("a"), server("b"), server("c"), server("d")};
    CHECK(names(servers, {condition(Grade::up, 40ms), condition(Grade::up, 3ms), condition(Grade::up, 20ms),
                          condition(Grade::up, 11ms)}) == names(servers, "a"));
}

TEST_CASE("of a server's URLs those that are down are left out, and the healthy come first") {
    const std::vector<IceUrl> urls{*parse_ice_url("turn:a", IceScheme::turn), *parse_ice_url("turn:b", IceScheme::turn),
                                   *parse_ice_url("turn:c", IceScheme::turn)};
    using Texts = std::vector<std::string>;
    CHECK(usable_urls(urls, {Grade::up, 0ms, {Grade::degraded, Grade::down, Grade::up}}) == Texts{"turn:c", "turn:a"});
    CHECK(usable_urls(urls, {Grade::down, 0ms, {Grade::down, Grade::down, Grade::down}}).size() == 3);
}
