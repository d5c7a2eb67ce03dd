#include <array>

#include <catch2/catch.hpp>

#include "arguments.hpp"

using televisit::ctl::Arguments;
using televisit::ctl::Option;
using televisit::ctl::whole_number;

namespace {

constexpr std::array kKnown{Option{"config", "FILE", ""}, Option{"quiet", "", ""}};

auto parse(std::vector<std::string> words, std::size_t operands = 0) {
    return Arguments::parse(words, kKnown, operands);
}

}  // namespace

TEST_CASE("an option takes its value from the next word or after an equals sign") {
    CHECK(parse({"--config", "a.yaml"})->get("config") == "a.yaml");
    CHECK(parse({"--config=a=b.yaml"})->get("config") == "a=b.yaml");
    CHECK(parse({"--quiet"})->has("quiet"));
    CHECK_FALSE(parse({})->has("quiet"));
    CHECK(parse({})->get("config", "else") == "else");
}

TEST_CASE("what follows two dashes is an operand") {
    const auto parsed = parse({"--quiet", "--", "--config"}, 1);
    REQUIRE(parsed);
    CHECK(parsed->operands() == std::vector<std::string>{"--config"});
}

TEST_CASE("arguments that do not fit are named") {
    CHECK(parse({"--confg", "x"}).error().message == "unknown option: --confg");
    CHECK(parse({"--config"}).error().message == "--config needs a value");
    CHECK(parse({"--quiet=1"}).error().message == "--quiet takes no value");
    CHECK(parse({"--quiet", "--quiet"}).error().message == "--quiet is given twice");
    CHECK(parse({"file"}).error().message == "unexpected argument: file");
    CHECK(parse({}, 1).error().message == "an argument is missing");
}

TEST_CASE("a number is decimal, whole and within its bounds") {
    CHECK(whole_number("30", 1, 60) == 30);
    for (const char* text : {"", "0", "61", "3x", " 3", "+3", "3.0", "99999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(whole_number(text, 1, 60));
    }
}
