#include "json/slice.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace televisit::json;

namespace {

std::vector<std::string> elements_of(std::string_view array) {
    std::vector<std::string> out;
    ArrayElements elements(array);
    while (const auto element = elements.next()) out.emplace_back(*element);
    return out;
}

}  // namespace

TEST_CASE("an array is cut into the bytes of its elements") {
    CHECK(elements_of("[]").empty());
    CHECK(elements_of("[ ]").empty());
    CHECK(elements_of(R"(["a",1,null])") == std::vector<std::string>{"\"a\"", "1", "null"});
    CHECK(elements_of("[ \"a]\\\"\" ,\n{\"b\":[1,\"}\"]} , [[]] ,-1.5e3 ]") ==
          std::vector<std::string>{"\"a]\\\"\"", "{\"b\":[1,\"}\"]}", "[[]]", "-1.5e3"});
    CHECK(elements_of(R"(["a\\","b"])") == std::vector<std::string>{R"("a\\")", R"("b")"});
}

TEST_CASE("the members of an object are found in one pass as the bytes that came") {
    const std::array<std::string_view, 3> names{"offer", "room_id", "absent"};
    const auto found =
        find_members(R"({ "room_id" : "r1", "x":{"offer":1}, "offer" : {"sdp":"v=0\r\n","a":[ 1 ]} })", names);
    CHECK(found[0] == R"({"sdp":"v=0\r\n","a":[ 1 ]})");
    CHECK(found[1] == R"("r1")");
    CHECK(found[2].empty());
}

TEST_CASE("of members that stand twice the last counts") {
    const auto found = find_members(R"({"a":1,"b":2,"a":3})", std::array<std::string_view, 1>{"a"});
    CHECK(found[0] == "3");
}

TEST_CASE("names with escapes are the names they stand for") {
    const auto found = find_members(R"({"\u0061bc":7,"a\/b":8})", std::array<std::string_view, 2>{"abc", "a/b"});
    CHECK(found[0] == "7");
    CHECK(found[1] == "8");
}

TEST_CASE("the last element is what is left") {
    for (const std::string_view text : {R"(["e",{"a":[1]}])", " [ \"e\" , {\"a\":[1]} ] "}) {
        ArrayElements elements(trimmed(text));
        CHECK(elements.next() == "\"e\"");
        CHECK(elements.last() == R"({"a":[1]})");
    }
}

TEST_CASE("strings of any length end at their own quote") {
    for (std::size_t size = 0; size < 150; ++size) {
        const std::string text = "[\"" + std::string(size, 'x') + "\\\\\\\"" + std::string(size / 2, 'y') + "\",\"z\"]";
        CHECK(elements_of(text).size() == 2);
        CHECK(elements_of(text)[1] == "\"z\"");
    }
}

TEST_CASE("an empty object has no members") {
    CHECK_FALSE(ObjectMembers("{}").next());
    CHECK_FALSE(ObjectMembers("{ }").next());
}

TEST_CASE("texts that were never valid are cut somewhere inside them") {
    for (const std::string_view text : {"", "[", "{", "{\"a", "{\"a\":", "[\"\\", "{\"a\" 1}", "[,,]", "{a:1}", "]"}) {
        elements_of(text);
        ObjectMembers members(text);
        while (members.next()) {
        }
        CHECK(value_size(text) <= text.size());
    }
}
