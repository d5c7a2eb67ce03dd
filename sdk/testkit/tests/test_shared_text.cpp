#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "televisit/sdk/ids.hpp"

using namespace televisit;

TEST_CASE("an id is a pointer in size, and its copies share the text") {
    const RoomId room("5f0c2c1e-8a4f-4b8e-9d59-0f6f5d9a7c11");
    const RoomId copy = room;
    CHECK(sizeof(RoomId) == sizeof(void*));
    CHECK(copy.view().data() == room.view().data());
    CHECK(copy == room);
}

TEST_CASE("ids with equal texts are equal, wherever they come from, and are ordered as their texts") {
    const UserId a("d-1");
    CHECK(a == UserId(std::string("d-") + "1"));
    CHECK(a != UserId("d-2"));
    CHECK(a < UserId("d-10"));
    CHECK(UserId() < a);
    CHECK(std::unordered_set<UserId>{a, UserId("d-1"), UserId("d-2")}.size() == 2);
}

TEST_CASE("an id without a text is empty, also after its text was moved away") {
    CHECK(PeerId().empty());
    CHECK(PeerId("").view().empty());
    CHECK(PeerId("") == PeerId());
    PeerId from("peer");
    const PeerId to = std::move(from);
    CHECK(to.str() == "peer");
    CHECK(from.empty());  // NOLINT(bugprone-use-after-move): that is the point
}

TEST_CASE("a text lives as long as any of its copies, and takes every byte") {
    const std::string bytes("a\0b\xff", 4);
    StayId kept;
    {
        const StayId first(bytes);
        kept = first;
        kept = kept;
    }
    CHECK(kept.str() == bytes);
    kept = StayId("other");
    CHECK(kept.view() == "other");
}

TEST_CASE("threads may share a text") {
    const NodeId node("node-a");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([node] {
            std::vector<NodeId> copies;
            for (int round = 0; round < 1'000; ++round) copies.push_back(node);
            copies.clear();
        });
    for (auto& thread : threads) thread.join();
    CHECK(node.view() == "node-a");
}
