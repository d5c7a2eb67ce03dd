#include "socket_table.hpp"

#include <catch2/catch.hpp>
#include <memory>

using televisit::SocketKey;
using televisit::signaling::SocketTable;

namespace {

/// Two sockets that had the same slot, one after the other.
constexpr SocketKey kEarlier{1U << 24 | 7}, kLater{2U << 24 | 7};
static_assert(kEarlier.slot() == kLater.slot());

}  // namespace

TEST_CASE("what belongs to a socket is found by its key, and by no other") {
    SocketTable<int> table;
    table.add(kEarlier) = 1;
    table.add(SocketKey{3U << 24 | 1000}) = 2;
    REQUIRE(table.find(kEarlier) != nullptr);
    CHECK(*table.find(kEarlier) == 1);
    CHECK(table.find(kLater) == nullptr);
    CHECK(table.find(SocketKey{7U << 24 | 100'000}) == nullptr);
    CHECK(table.keys().size() == 2);
    table.erase(kEarlier);
    CHECK(table.find(kEarlier) == nullptr);
    CHECK(table.keys().size() == 1);
}

TEST_CASE("a socket whose slot another one has by now is still there until it is erased") {
    SocketTable<std::unique_ptr<int>> table;
    table.add(kEarlier) = std::make_unique<int>(1);
    table.add(kLater) = std::make_unique<int>(2);
    REQUIRE(table.find(kEarlier) != nullptr);
    CHECK(**table.find(kEarlier) == 1);
    CHECK(**table.find(kLater) == 2);
    CHECK(table.keys().size() == 2);
    table.erase(kEarlier);
    CHECK(table.find(kEarlier) == nullptr);
    CHECK(**table.find(kLater) == 2);
    table.erase(kLater);
    CHECK(table.keys().empty());
}
