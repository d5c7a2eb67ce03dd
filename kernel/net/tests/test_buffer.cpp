#include "net/buffer.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace televisit::net {

TEST_CASE("bytes leave a buffer in the order they came") {
    Buffer buffer;
    std::string expected;
    std::size_t next = 0;
    for (std::size_t round = 0; round < 2000; ++round) {
        const std::string more(round * 7 % 300, static_cast<char>('a' + round % 26));
        buffer.append(more);
        expected += more;
        const std::size_t out = std::min(buffer.size(), round * 5 % 290);
        REQUIRE(buffer.view().substr(0, out) == std::string_view(expected).substr(next, out));
        buffer.consume(out);
        next += out;
        REQUIRE(buffer.size() == expected.size() - next);
    }
    CHECK(buffer.view() == std::string_view(expected).substr(next));
}

TEST_CASE("an empty buffer holds no memory") {
    Buffer buffer;
    CHECK(buffer.empty());
    buffer.append("abc");
    CHECK_FALSE(buffer.empty());
    buffer.consume(3);
    CHECK(buffer.empty());
    buffer.append("");
    CHECK(buffer.empty());
    buffer.room(10);
    buffer.grew(0);
    CHECK(buffer.empty());
}

TEST_CASE("room is where the next bytes go") {
    Buffer buffer;
    buffer.append("ab");
    const auto room = buffer.room(5000);
    REQUIRE(room.size() >= 5000);
    room[0] = 'c';
    buffer.grew(1);
    CHECK(buffer.view() == "abc");
}

}  // namespace televisit::net
