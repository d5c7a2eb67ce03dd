#include <catch2/catch.hpp>
#include <string>

#include "resp.hpp"

using namespace televisit::storage_redis;
using Kind = RespValue::Kind;
using Outcome = RespRead::Outcome;

TEST_CASE("a command is an array of texts, whatever bytes they have") {
    std::string out = "before";
    append_command(out, {"SET", std::string_view("a\0\r\n", 4), ""});
    constexpr char kExpected[] = "before*3\r\n$3\r\nSET\r\n$4\r\na\0\r\n\r\n$0\r\n\r\n";
    CHECK(out == std::string(kExpected, sizeof kExpected - 1));
}

TEST_CASE("every kind of value is read") {
    const auto read = [](std::string_view text) { return read_resp(text).value; };
    CHECK(read("+OK\r\n").text == "OK");
    CHECK(read("$5\r\na\r\nbc\r\n").text == "a\r\nbc");
    CHECK(read("=7\r\ntxt:abc\r\n").text == "txt:abc");
    CHECK(read(":-42\r\n").integer == -42);
    CHECK(read("#t\r\n").integer == 1);
    CHECK(read(",1.5\r\n").text == "1.5");
    for (const auto nothing : {"_\r\n", "$-1\r\n", "*-1\r\n"}) CHECK(read(nothing).kind == Kind::nothing);
    const auto map = read("%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n");
    REQUIRE(map.items.size() == 2);
    CHECK(map.items[1].items[1].integer == 2);
    CHECK(read(">1\r\n+message\r\n").kind == Kind::push);
}

TEST_CASE("of an error only its code is kept") {
    CHECK(read_resp("-WRONGTYPE key secret holds another kind\r\n").value.text == "WRONGTYPE");
    CHECK(read_resp("!12\r\nERR a secret\r\n").value.kind == Kind::error);
    CHECK(read_resp("!12\r\nERR a secret\r\n").value.text == "ERR");
}

TEST_CASE("what has not come whole is waited for, at every byte") {
    const std::string text = ">3\r\n$7\r\nmessage\r\n$2\r\nch\r\n%1\r\n+k\r\n_\r\n+next\r\n";
    const auto size = text.size() - std::string("+next\r\n").size();
    for (std::size_t some = 0; some < size; ++some)
        CHECK(read_resp(std::string_view(text).substr(0, some)).outcome == Outcome::incomplete);
    const auto whole = read_resp(text);
    CHECK(whole.outcome == Outcome::value);
    CHECK(whole.size == size);
}

TEST_CASE("what is no value is refused") {
    std::string deep;
    for (int i = 0; i < 20; ++i) deep += "*1\r\n";
    for (const std::string text : {"x\r\n", "\r\n", "$x\r\n", "$-2\r\n", "*-7\r\n", "$3\r\nabcde", ":1x\r\n",
                                   "$99999999999\r\n", "*99999999999\r\n"})
        CHECK(read_resp(text).outcome == Outcome::malformed);
    CHECK(read_resp(deep).outcome == Outcome::malformed);
    CHECK(read_resp("+" + std::string(100'000, 'x')).outcome == Outcome::malformed);
}
