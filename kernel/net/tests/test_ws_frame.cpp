#include "net/ws_frame.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "televisit/sdk/channel.hpp"

namespace televisit::net {
namespace {

using Type = WsEvent::Type;

struct Told {
    Type type;
    std::string payload;
    std::uint16_t code;
    bool operator==(const Told&) const = default;
};

std::string frame(unsigned first, const std::string& payload) {
    std::string out{static_cast<char>(first)};
    const std::size_t digits = payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8;
    out += static_cast<char>(0x80u | (digits == 0 ? payload.size() : digits == 2 ? 126u : 127u));
    for (std::size_t i = digits; i-- > 0;) out += static_cast<char>(payload.size() >> 8 * i);
    const std::string mask = "\x37\xfa\x21\x3d";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
    return out;
}

// Feeds `text` in pieces of `step` bytes until a fault, a close or the end.
std::vector<Told> decode(const std::string& text, std::size_t step, std::size_t max_message = 1000) {
    WsDecoder decoder(max_message);
    std::vector<Told> told;
    std::vector<char> kept;
    for (std::size_t at = 0; at < text.size(); at += step) {
        const std::string_view more = std::string_view(text).substr(at, step);
        kept.insert(kept.end(), more.begin(), more.end());
        std::size_t used = 0;
        for (;;) {
            kept.reserve(kept.size() + kInputPadding);
            const WsEvent event = decoder.next(std::span(kept).subspan(used));
            used += event.consumed;
            if (event.type == Type::need_more) break;
            told.push_back({event.type, std::string(event.payload), event.code});
            if (event.type == Type::fault || event.type == Type::close) return told;
        }
        kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(used));
    }
    return told;
}

std::vector<Told> decode_all_ways(const std::string& text, std::size_t max_message = 1000) {
    const auto whole = decode(text, text.size(), max_message);
    for (const std::size_t step : {1u, 3u, 8u}) CHECK(decode(text, step, max_message) == whole);
    return whole;
}

Told message(const std::string& text) {
    return {Type::message, text, 0};
}
Told fault(std::uint16_t code) {
    return {Type::fault, "", code};
}

std::string header(std::initializer_list<unsigned> bytes) {
    std::string out;
    for (const unsigned byte : bytes) out += static_cast<char>(byte);
    return out;
}

}  // namespace

TEST_CASE("messages of every length form are unmasked") {
    for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 125u, 126u, 1000u})
        CHECK(decode_all_ways(frame(0x81, std::string(size, 'a'))) == std::vector{message(std::string(size, 'a'))});
    const std::string large(70'000, 'b');
    CHECK(decode(frame(0x82, large), 70'100, 100'000) == std::vector{message(large)});
}

TEST_CASE("several frames in one read are several events") {
    CHECK(decode_all_ways(frame(0x81, "a") + frame(0x89, "p") + frame(0x82, "b") + frame(0x8a, "q")) ==
          std::vector<Told>{message("a"), {Type::ping, "p", 0}, message("b"), {Type::pong, "q", 0}});
}

TEST_CASE("fragments are put together, control frames between them told at once") {
    CHECK(decode_all_ways(frame(0x01, "he") + frame(0x89, "") + frame(0x00, "ll") + frame(0x80, "o") +
                          frame(0x81, "x")) == std::vector<Told>{{Type::ping, "", 0}, message("hello"), message("x")});
    CHECK(decode_all_ways(frame(0x01, "") + frame(0x00, "") + frame(0x80, "")) == std::vector{message("")});
    CHECK(decode_all_ways(frame(0x02, "\xff") + frame(0x80, "\xfe")) == std::vector{message("\xff\xfe")});
}

TEST_CASE("text is UTF-8, across fragments too") {
    CHECK(decode_all_ways(frame(0x01, "\xe2\x82") + frame(0x80, "\xac")) == std::vector{message("\xe2\x82\xac")});
    for (const std::string text : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "ab\x80"})
        CHECK(decode_all_ways(frame(0x81, text)) == std::vector{fault(1007)});
    CHECK(decode_all_ways(frame(0x01, "\xe2\x82") + frame(0x80, "x")) == std::vector{fault(1007)});
    CHECK(decode_all_ways(frame(0x82, "\xff")) == std::vector{message("\xff")});
}

TEST_CASE("every bad frame is a protocol error") {
    const std::vector<std::string> bad{
        header({0xc1, 0x80, 0, 0, 0, 0}),  // reserved bits
        header({0xa1, 0x80, 0, 0, 0, 0}),
        header({0x91, 0x80, 0, 0, 0, 0}),
        header({0x83, 0x80, 0, 0, 0, 0}),  // reserved opcodes
        header({0x87, 0x80, 0, 0, 0, 0}),
        header({0x8b, 0x80, 0, 0, 0, 0}),
        header({0x8f, 0x80, 0, 0, 0, 0}),
        header({0x81, 0x01, 'a'}),  // not masked
        header({0x89, 0x00}),
        frame(0x09, ""),  // a control frame in fragments
        frame(0x08, ""),
        header({0x89, 0xfe, 0, 126, 0, 0, 0, 0}),  // a long control frame
        header({0x88, 0xff, 0, 0, 0, 0, 0, 0, 0, 126, 0, 0, 0, 0}),
        frame(0x80, "a"),  // a continuation of nothing
        frame(0x00, "a"),
        frame(0x01, "a") + frame(0x81, "b"),  // a message within a message
        frame(0x01, "a") + frame(0x02, "b"),
        header({0x81, 0xfe, 0, 125}),  // lengths longer than need be
        header({0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}),
        header({0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}),  // the top bit of 64
        frame(0x88, "a"),                                 // half a close code
    };
    for (const std::string& text : bad) {
        INFO(Catch::StringMaker<std::string>::convert(text));
        CHECK(decode_all_ways(text).back() == fault(1002));
    }
}

TEST_CASE("a message above the limit is refused before it is received") {
    CHECK(decode_all_ways(header({0x81, 0xfe, 0x03, 0xe9})) == std::vector{fault(1009)});
    CHECK(decode_all_ways(header({0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})) ==
          std::vector{fault(1009)});
    CHECK(decode_all_ways(frame(0x01, std::string(600, 'a')) + frame(0x80, std::string(400, 'a'))).size() == 1);
    CHECK(decode_all_ways(frame(0x01, std::string(600, 'a')) + header({0x80, 0xfe, 0x01, 0x91})) ==
          std::vector{fault(1009)});
}

TEST_CASE("close codes are those that may be sent") {
    const auto with = [](unsigned code, const std::string& reason = {}) {
        return frame(0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + reason);
    };
    for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u,
                                3000u, 3999u, 4000u, 4999u})
        CHECK(decode_all_ways(with(code)) == std::vector<Told>{{Type::close, "", static_cast<std::uint16_t>(code)}});
    for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u})
        CHECK(decode_all_ways(with(code)) == std::vector{fault(1002)});
    CHECK(decode_all_ways(with(1000, "\xff")) == std::vector{fault(1007)});
    CHECK(decode_all_ways(frame(0x88, "")) == std::vector<Told>{{Type::close, "", 1005}});
}

TEST_CASE("the decoder says how much is missing") {
    WsDecoder decoder(1000);
    std::string text = frame(0x81, std::string(500, 'a'));
    text.reserve(text.size() + kInputPadding);
    CHECK(decoder.next(std::span(text).first(1)).wanted == 2);
    CHECK(decoder.next(std::span(text).first(2)).wanted == 8);
    CHECK(decoder.next(std::span(text).first(4)).wanted == text.size());
}

TEST_CASE("server frames have minimal heads") {
    CHECK(WsHead(WsOpcode::text, 5).view() == header({0x81, 5}));
    CHECK(WsHead(WsOpcode::binary, 125).view() == header({0x82, 125}));
    CHECK(WsHead(WsOpcode::text, 126).view() == header({0x81, 126, 0, 126}));
    CHECK(WsHead(WsOpcode::text, 65535).view() == header({0x81, 126, 0xff, 0xff}));
    CHECK(WsHead(WsOpcode::text, 65536).view() == header({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
}

}  // namespace televisit::net
