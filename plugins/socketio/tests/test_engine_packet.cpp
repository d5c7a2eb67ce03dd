#include <catch2/catch.hpp>

#include "engine/base64.hpp"
#include "engine/packet.hpp"

using namespace televisit;
using namespace televisit::socketio;

namespace {

std::string encoded(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

}  // namespace

TEST_CASE("base64 is that of RFC 4648") {
    const std::vector<std::pair<std::string, std::string>> golden{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {std::string("\xFB\xFF\x00", 3), "+/8A"}};
    for (const auto& [bytes, text] : golden) {
        CHECK(encoded(bytes) == text);
        std::string decoded;
        CHECK(append_decoded_base64(decoded, text));
        CHECK(decoded == bytes);
    }
}

TEST_CASE("base64 may come without its padding, but not with foreign characters") {
    std::string out;
    CHECK(append_decoded_base64(out, "Zg"));
    CHECK(out == "f");
    for (const std::string_view bad : {"Z", "Zg=", "Z===", "Zm9v!A==", "Zm 9", "Zg==Zg==", "=", "===="}) {
        std::string ignored;
        CHECK_FALSE(append_decoded_base64(ignored, bad));
    }
}

TEST_CASE("a packet is its type and its data") {
    std::string scratch;
    const auto message = decode_packet("4hello", scratch);
    REQUIRE(message);
    CHECK(message->type == PacketType::message);
    CHECK(message->kind == MessageKind::text);
    CHECK(message->data == "hello");
    CHECK(decode_packet("2probe", scratch)->type == PacketType::ping);
    CHECK(decode_packet("6", scratch)->type == PacketType::noop);
    const auto binary = decode_packet("bAQIDBA==", scratch);
    REQUIRE(binary);
    CHECK(binary->kind == MessageKind::binary);
    CHECK(binary->data == "\x01\x02\x03\x04");
}

TEST_CASE("a packet without a known type is malformed") {
    std::string scratch;
    for (const std::string_view bad : {"", "7", "a", "abc", "b!", " 4", "bA"}) CHECK_FALSE(decode_packet(bad, scratch));
}

TEST_CASE("a payload is packets with separators between them") {
    std::string payload;
    append_to_payload(payload, MessageKind::text, "4hello");
    append_to_payload(payload, MessageKind::text, "2");
    append_to_payload(payload, MessageKind::binary, "\x01\x02\x03\x04");
    CHECK(payload ==
          "4hello\x1e"
          "2\x1e"
          "bAQIDBA==");
    PayloadPackets packets(payload);
    CHECK(packets.next() == "4hello");
    CHECK(packets.next() == "2");
    CHECK(packets.next() == "bAQIDBA==");
    CHECK_FALSE(packets.next());
}

TEST_CASE("an empty payload is one empty packet, which is malformed") {
    PayloadPackets packets("");
    CHECK(packets.next() == "");
    CHECK_FALSE(packets.next());
}
