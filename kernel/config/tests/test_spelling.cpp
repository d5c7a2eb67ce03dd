#include "config/spelling.hpp"

#include <catch2/catch.hpp>

using namespace televisit::config;

TEST_CASE("a distance counts insertions, deletions, replacements and swaps") {
    CHECK(edit_distance("port", "port") == 0);
    CHECK(edit_distance("prot", "port") == 1);
    CHECK(edit_distance("por", "port") == 1);
    CHECK(edit_distance("portt", "port") == 1);
    CHECK(edit_distance("part", "port") == 1);
    CHECK(edit_distance("", "port") == 4);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("ca", "abc") == 3);
}

TEST_CASE("a distance is the same both ways") {
    for (const auto* a : {"", "a", "host", "hots", "cors_origins"}) {
        for (const auto* b : {"b", "ab", "tsoh", "origins_cors"}) CHECK(edit_distance(a, b) == edit_distance(b, a));
    }
}

TEST_CASE("the nearest candidate is suggested, and nothing far away") {
    CHECK(nearest("prot", {"host", "port"}) == "port");
    CHECK(nearest("corsOrigins", {"cors_origins", "loops"}) == "cors_origins");
    CHECK(nearest("read-deadline", {"read_deadline", "headers"}) == "read_deadline");
    CHECK(nearest("PORT", {"port"}) == "port");
    CHECK(nearest("banana", {"host", "port"}).empty());
    CHECK(nearest("x", {"y"}).empty());
    CHECK(nearest("", {"port"}).empty());
    CHECK(nearest(std::string(100'000, 'p'), {"port"}).empty());
    CHECK(suggestion("redsi", {"memory", "redis"}) == "; did you mean 'redis'?");
    CHECK(suggestion("oracle", {"memory", "redis"}).empty());
}
