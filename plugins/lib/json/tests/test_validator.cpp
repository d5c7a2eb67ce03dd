#include "json/validator.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "json/grammar.hpp"

using namespace televisit::json;

namespace {

bool valid(std::string_view text, char padding = '\0') {
    Validator validator;
    std::string padded(text);
    padded.append(64, padding);
    return validator.valid({padded.data(), text.size()});
}

}  // namespace

TEST_CASE("whole JSON texts are accepted") {
    for (const std::string_view text :
         {"[]", "{}", "null", " [1, 2.5e-3, \"x\", true] ", R"({"a":{"b":[{}]}})", "\"\\u00e9\""})
        CHECK(valid(text));
}

TEST_CASE("whatever stands behind the end of the text does not matter") {
    for (const char padding : {'\0', ']', '"', '1', ','}) {
        CHECK(valid("[1]", padding));
        CHECK(valid("12", padding));
        CHECK_FALSE(valid("[1", padding));
        CHECK_FALSE(valid("\"a", padding));
    }
}

TEST_CASE("anything that is not exactly one JSON value is refused") {
    for (const std::string_view text : {"",
                                        " ",
                                        "[",
                                        "[1,]",
                                        "{\"a\":}",
                                        "{'a':1}",
                                        "[1] 2",
                                        "[01]",
                                        "[1.]",
                                        "[+1]",
                                        "nul",
                                        "[\"\x01\"]",
                                        "[\"\\x\"]",
                                        "[\"\\u12\"]",
                                        "[NaN]",
                                        "[\xC3\x28]",
                                        "[\"\xC3\x28\"]",
                                        "{\"a\" 1}",
                                        "[1}",
                                        "\xEF\xBB\xBF[]"})
        CHECK_FALSE(valid(text));
}

TEST_CASE("numbers beyond 64 bits and lone surrogates are JSON and pass") {
    CHECK(valid("[123456789012345678901234567890]"));
    CHECK(valid("[1e999,-0.1e+5,0]"));
    CHECK(valid(R"(["\ud83d"])"));
    CHECK(valid(R"(["\ude00 x"])"));
    CHECK_FALSE(valid(R"(["\ud83d",1e999,])"));
    CHECK_FALSE(valid("[123456789012345678901234567890"));
}

TEST_CASE("nesting beyond the limit is refused") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(valid(nested(60)));
    CHECK_FALSE(valid(nested(65)));
    CHECK_FALSE(valid(nested(20'000)));
}

TEST_CASE("the exact grammar draws the limit of nesting where the parser does") {
    const auto accepted = [](std::string text) {
        Validator validator(3);
        const std::size_t size = text.size();
        text.append(64, '\0');
        const bool by_parser = validator.valid({text.data(), size});
        CHECK(matches_grammar(text.substr(0, size), 3) == by_parser);
        return by_parser;
    };
    CHECK(accepted("[[1]]"));
    CHECK(accepted("[[[]]]"));
    CHECK(accepted("[[{}]]"));
    CHECK(accepted(R"([["\ud83d", []]])"));
    CHECK_FALSE(accepted("[[[1]]]"));
    CHECK_FALSE(accepted(R"([[{"a":1}]])"));
    CHECK_FALSE(accepted("[[[[]]]]"));
}

TEST_CASE("a validator is good for texts of any size one after another") {
    Validator validator;
    for (const std::size_t size : {10U, 100'000U, 3U, 900'000U, 5'000U}) {
        std::string text = "[\"" + std::string(size, 'x') + "\"]";
        const std::size_t length = text.size();
        text.append(64, '\0');
        CHECK(validator.valid({text.data(), length}));
        CHECK_FALSE(validator.valid({text.data(), length - 1}));
    }
}

TEST_CASE("a validator knows how many elements an array has, or that it does not know") {
    Validator validator;
    const auto elements = [&](std::string_view text) {
        std::string padded(text);
        padded.append(64, '\0');
        return validator.valid({padded.data(), text.size()}) ? validator.elements() : 99;
    };
    CHECK(elements("[]") == 0);
    CHECK(elements(R"(["e"])") == 1);
    CHECK(elements(R"(["e",[1,2,3],{"a":[]}])") == 3);
    CHECK(elements(R"({"a":[1,2]})") == 0);
    CHECK(elements("[1e999,2]") == 0);
    CHECK(elements("[1,]") == 99);
    CHECK(validator.elements() == 0);
}

TEST_CASE("the exact grammar agrees on what is JSON") {
    for (const std::string_view text : {"[]", "{}", " [1, 2.5e-3] ", R"({"a":{"b":[{}]}})", "-0", "1E5"})
        CHECK(matches_grammar(text, 64));
    for (const std::string_view text :
         {"", "[", "[1,]", "{,}", "01", "1.", "-", "1e", "tru", "\"\\u12\"", "\"", "[1]]", "{\"a\"}"})
        CHECK_FALSE(matches_grammar(text, 64));
    CHECK(matches_grammar("[[1]]", 3));
}
