/// What the backplane is made of, without a server.
#include <catch2/catch.hpp>

#include "backplane_outbox.hpp"
#include "backplane_subscriptions.hpp"
#include "backplane_wire.hpp"

using namespace televisit;
using namespace televisit::storage_redis;

TEST_CASE("a message comes back from its bytes, kept or not") {
    const std::string payload("a\0\xff", 3);
    const BackplaneMessage message{RoomId("r"), NodeId("ward-1"), 0x0102030405060708ULL, payload};
    const auto bytes = to_bytes(message);
    const auto kept = read_kept(bytes);
    REQUIRE(kept);
    CHECK(kept->sender == "ward-1");
    CHECK(kept->number == message.number);
    CHECK(kept->payload == payload);
    const auto unkept_bytes = to_unkept(bytes);
    const auto unkept = read_published(unkept_bytes);
    REQUIRE(unkept);
    CHECK_FALSE(unkept->position);
    CHECK(unkept->payload == payload);
    const auto published_bytes =
        "\4"
        "12-3" +
        bytes;
    const auto published = read_published(published_bytes);
    REQUIRE(published);
    CHECK(published->position == StreamPosition{12, 3});
}

TEST_CASE("what is no message is refused") {
    for (const std::string_view bytes : {"", "\1", "\1a", "\1a1234567",
                                         "\0"
                                         "12345678"})
        CHECK_FALSE(read_kept(bytes));
    CHECK_FALSE(
        read_published("\4"
                       "12x3"
                       "\1a12345678"));
    CHECK_FALSE(
        read_published("\xff"
                       "12"));
}

TEST_CASE("places in a stream are compared as numbers") {
    CHECK(StreamPosition::read("9-10") < StreamPosition::read("10-2"));
    CHECK(StreamPosition::read("9-2") < StreamPosition::read("9-10"));
    CHECK(StreamPosition::read("9-2")->text() == "9-2");
    for (const auto* text : {"", "9", "-", "9-", "-1", "a-1", "1-1-1"}) CHECK_FALSE(StreamPosition::read(text));
}

TEST_CASE("the outbox has a bound of messages and one of bytes, and what was answered makes place") {
    BackplaneOutbox outbox({2, 10});
    CHECK(outbox.add("12345"));
    CHECK_FALSE(outbox.add("123456"));
    CHECK(outbox.add("1234"));
    CHECK_FALSE(outbox.add("1"));
    std::string out;
    CHECK(outbox.send(out, 100) == 2);
    outbox.answered();
    CHECK(outbox.add("123456"));
    CHECK(outbox.bytes() == 10);
}

TEST_CASE("what was not answered is sent again, in its order") {
    BackplaneOutbox outbox({});
    for (const auto* command : {"a", "b", "c"}) outbox.add(command);
    std::string out;
    outbox.send(out, 2);
    outbox.answered();
    CHECK(out == "ab");
    CHECK(outbox.begin_again() == 1);
    out.clear();
    outbox.send(out, 100);
    CHECK(out == "bc");
    outbox.answered();
    outbox.answered();
    outbox.answered();
    CHECK(outbox.messages() == 0);
}

TEST_CASE("a room that is wanted again is confirmed by the last of its subscriptions") {
    BackplaneSubscriptions rooms;
    const RoomId room("r");
    ++rooms.want(room).unconfirmed;
    CHECK(rooms.drop(room));
    CHECK_FALSE(rooms.drop(room));
    CHECK_FALSE(rooms.find("r"));
    ++rooms.want(room).unconfirmed;
    rooms.confirm("r");
    CHECK_FALSE(rooms.confirmed("r"));
    rooms.confirm("r");
    CHECK(rooms.confirmed("r"));
    CHECK(rooms.size() == 1);
}

TEST_CASE("a new connection begins with the rooms that are wanted, and remembers how far they were heard") {
    BackplaneSubscriptions rooms;
    for (const auto* name : {"a", "b"}) ++rooms.want(RoomId(name)).unconfirmed;
    rooms.find("a")->heard = {7, 1};
    rooms.find("a")->catching_up = true;
    rooms.find("a")->held.push_back({});
    rooms.drop(RoomId("b"));
    rooms.begin_again();
    REQUIRE(rooms.all() == std::vector{RoomId("a")});
    CHECK(rooms.find("a")->heard == StreamPosition{7, 1});
    CHECK(rooms.find("a")->held.empty());
    CHECK_FALSE(rooms.find("a")->catching_up);
    CHECK(rooms.find("a")->unconfirmed == 0);
}
