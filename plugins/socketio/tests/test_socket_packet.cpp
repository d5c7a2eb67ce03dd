#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sockets/emission.hpp"
#include "sockets/packet.hpp"

using namespace televisit;
using namespace televisit::socketio;

namespace {

std::string joined(std::span<const std::string_view> pieces) {
    std::string out;
    for (const auto piece : pieces) out += piece;
    return out;
}

}  // namespace

TEST_CASE("the packets of the protocol's description are read") {
    struct Golden {
        std::string text;
        SocketPacketType type;
        std::size_t attachments;
        std::string nsp;
        std::optional<std::uint64_t> id;
        std::string payload;
    };
    const std::vector<Golden> golden{
        {"0", SocketPacketType::connect, 0, "/", {}, ""},
        {R"(0/admin,{"sid":"x"})", SocketPacketType::connect, 0, "/admin", {}, R"({"sid":"x"})"},
        {"0/socket.io/,", SocketPacketType::connect, 0, "/socket.io/", {}, ""},
        {"0/socket.io", SocketPacketType::connect, 0, "/socket.io", {}, ""},
        {"1/admin,", SocketPacketType::disconnect, 0, "/admin", {}, ""},
        {R"(2["foo"])", SocketPacketType::event, 0, "/", {}, R"(["foo"])"},
        {R"(2/admin,12["foo"])", SocketPacketType::event, 0, "/admin", 12, R"(["foo"])"},
        {R"(3/admin,13[])", SocketPacketType::ack, 0, "/admin", 13, "[]"},
        {R"(51-["baz",{"_placeholder":true,"num":0}])",
         SocketPacketType::binary_event,
         1,
         "/",
         {},
         R"(["baz",{"_placeholder":true,"num":0}])"},
        {R"(61-/admin,15[{"_placeholder":true,"num":0}])", SocketPacketType::binary_ack, 1, "/admin", 15,
         R"([{"_placeholder":true,"num":0}])"},
    };
    for (const auto& wanted : golden) {
        INFO(wanted.text);
        const auto packet = decode_socket_packet(wanted.text);
        REQUIRE(packet);
        CHECK(packet->type == wanted.type);
        CHECK(packet->attachments == wanted.attachments);
        CHECK(packet->nsp == wanted.nsp);
        CHECK(packet->id == wanted.id);
        CHECK(packet->payload == wanted.payload);
    }
}

TEST_CASE("packets of no type, or with a payload that their type has not, are malformed") {
    for (const std::string_view bad : {"",
                                       "7",
                                       "a",
                                       "2",
                                       "2{}",
                                       "20",
                                       "2abc",
                                       R"(2"x")",
                                       "3{}",
                                       "3x",
                                       R"(50-["a"])",
                                       "60-1[]",
                                       R"(0[1])",
                                       "0abc",
                                       "1{}",
                                       "1[]",
                                       "4",
                                       "5[\"a\"]",
                                       "5-[\"a\"]",
                                       "51[\"a\"]",
                                       "5x-[\"a\"]",
                                       "51-",
                                       R"(21234567890123456["a"])",
                                       "6-1[]",
                                       "4[]"})
        CHECK_FALSE(decode_socket_packet(bad));
}

TEST_CASE("an event is laid out as its namespace was asked for") {
    PacketLayout layout;
    const std::string_view arg = R"({"a":1})";
    Emission emission{.event = "news", .args = {&arg, 1}};
    CHECK(joined(layout.event(emission, "/", {})) == R"(42["news",{"a":1}])");
    CHECK(joined(layout.event(emission, "/socket.io", {})) == R"(42/socket.io,["news",{"a":1}])");
    CHECK(joined(layout.event(emission, "/admin", 7)) == R"(42/admin,7["news",{"a":1}])");
    const std::string_view bytes = "\x01";
    emission.attachments = {&bytes, 1};
    CHECK(joined(layout.event(emission, "/", 7)) == R"(451-7["news",{"a":1}])");
    CHECK(joined(layout.event({.event = "bare", .args = {}}, "/", {})) == R"(42["bare"])");
    CHECK(joined(layout.event({.event = "a\"b", .args = {}}, "/", {})) == R"(42["a\"b"])");
}

TEST_CASE("an acknowledgement is laid out with its number") {
    PacketLayout layout;
    const std::string_view args[] = {"1", R"({"ok":true})"};
    CHECK(joined(layout.ack(args, 0, "/", 12)) == R"(4312[1,{"ok":true}])");
    CHECK(joined(layout.ack({}, 0, "/admin", 3)) == "43/admin,3[]");
    CHECK(joined(layout.ack(args, 2, "/", 4)) == R"(462-4[1,{"ok":true}])");
}

TEST_CASE("a copied emission is the emission") {
    const std::string_view args[] = {"{\"a\":", "1}"};
    const std::string_view attachments[] = {"\x01\x02"};
    const EmissionCopy copy({.event = "news", .args = args, .attachments = attachments});
    CHECK(copy.emission().event == "news");
    CHECK(joined(copy.emission().args) == R"({"a":1})");
    CHECK(joined(copy.emission().attachments) == "\x01\x02");
    CHECK(EmissionCopy({.event = "bare", .args = {}}).emission().args.empty());
}

TEST_CASE("the reference's own events are reserved") {
    CHECK(is_reserved_event("disconnect"));
    CHECK(is_reserved_event("newListener"));
    CHECK_FALSE(is_reserved_event("message"));
}
