// Of a valid text the slicer finds the same parts as simdjson's tree, and each is valid by itself; on any other text
// everything stays within its bytes. The grammar takes what simdjson takes, and nothing that is wrong to more than its
// taste in numbers and surrogates. Any UTF-8 survives being written as a string.
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json/grammar.hpp"
#include "json/placeholders.hpp"
#include "json/slice.hpp"
#include "json/validator.hpp"

namespace {

using namespace televisit::json;
namespace dom = simdjson::dom;

constexpr std::size_t kPadding = 64;

void require(bool holds) {
    if (!holds) std::abort();
}

std::vector<char> padded(std::string_view text, char fill) {
    std::vector<char> out(text.begin(), text.end());
    out.resize(text.size() + kPadding, fill);
    return out;
}

bool valid(std::string_view text, char fill = '"') {
    const auto bytes = padded(text, fill);
    Validator validator;
    return validator.valid({bytes.data(), text.size()});
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string text_of(std::string_view json_string) {
    std::string scratch;
    return std::string(televisit::json::text_of(json_string, scratch));
}

void compare(std::string_view slice, dom::element tree);

void compare_array(std::string_view slice, dom::array tree) {
    ArrayElements elements(slice);
    const std::size_t size = tree.size();
    std::size_t i = 0;
    for (const dom::element element : tree) {
        std::string_view last;
        if (++i == size) last = elements.last();
        const auto part = elements.next();
        require(part.has_value() && (i != size || last == *part));
        compare(*part, element);
    }
    require(!elements.next());
}

void compare_object(std::string_view slice, dom::object tree) {
    ObjectMembers members(slice);
    std::map<std::string, std::string_view> of_name;
    for (const auto field : tree) {
        const auto member = members.next();
        require(member.has_value() && text_of(member->name) == field.key && string_equals(member->name, field.key));
        require(member->escaped == (member->name.find('\\') != std::string_view::npos));
        compare(member->value, field.value);
        of_name[std::string(field.key)] = member->value;
    }
    require(!members.next());
    for (const auto& [name, value] : of_name) {
        const auto [found, absent] = find_members<2>(slice, {std::string_view(name), "no such name"});
        require(found.data() == value.data() && found.size() == value.size());
        require(absent.empty() || of_name.count("no such name") > 0);
    }
}

void compare(std::string_view slice, dom::element tree) {
    require(slice == trimmed(slice) && value_size(slice) == slice.size());
    require(is_array(slice) == tree.is_array() && is_object(slice) == tree.is_object());
    require(is_string(slice) == tree.is_string() && is_number(slice) == tree.is_number());
    dom::array array;
    dom::object object;
    std::string_view text;
    if (tree.get(array) == simdjson::SUCCESS) {
        compare_array(slice, array);
    } else if (tree.get(object) == simdjson::SUCCESS) {
        compare_object(slice, object);
    } else if (tree.get(text) == simdjson::SUCCESS) {
        require(text_of(slice) == text && string_equals(slice, text) && string_length(slice) == characters(text));
    } else {
        // A number, true, false or null: the slice alone gives the same.
        dom::parser parser;
        const auto bytes = padded(slice, ' ');
        dom::element again;
        require(parser.parse(bytes.data(), slice.size(), false).get(again) == simdjson::SUCCESS);
        require(simdjson::to_string(again) == simdjson::to_string(tree));
    }
}

// The numbers of placeholders in the tree, as the slicer is to find them.
bool collect(dom::element tree, std::vector<std::uint64_t>& numbers) {
    bool good = true;
    dom::array array;
    dom::object object;
    if (tree.get(array) == simdjson::SUCCESS)
        for (const dom::element element : array) good = collect(element, numbers) && good;
    if (tree.get(object) != simdjson::SUCCESS) return good;
    std::optional<dom::element> mark, number;
    for (const auto field : object) {  // of duplicates the last counts
        if (field.key == "_placeholder") mark = field.value;
        if (field.key == "num") number = field.value;
    }
    if (bool set = false; mark && mark->get(set) == simdjson::SUCCESS && set) {
        std::uint64_t value = 0;
        if (!number || number->get(value) != simdjson::SUCCESS) return false;
        numbers.push_back(value);
        return true;
    }
    for (const auto field : object) good = collect(field.value, numbers) && good;
    return good;
}

// Everything that may be called with any text.
void look(std::string_view text) {
    (void)value_size(text);
    (void)trimmed(text);
    ArrayElements elements(text);
    (void)elements.last();
    while (const auto element = elements.next()) require(element->size() <= text.size());
    ObjectMembers members(text);
    while (const auto member = members.next()) text_of(member->name);
    (void)find_members<2>(text, {"a", "b"});
    (void)has_exact_placeholders(text, 3);
    (void)text_of(text);
    (void)string_length(text);
    (void)string_equals(text, "a");
}

void check_written(std::string_view text) {
    const bool plain = std::none_of(
        text.begin(), text.end(), [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
    require(is_plain(text) == plain);
    if (!valid_utf8(text)) return;
    const std::string written = string_of(text);
    require(valid(written) && text_of(written) == text && string_length(written) == characters(text));
    require(string_equals(written, text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size > 4096) return 0;
    // The input itself is all of its memory: what looks further is seen by AddressSanitizer.
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    look(text);
    check_written(text);
    const bool accepted = valid(text);
    require(accepted == valid(text, '\0') && accepted == valid(text, '}'));

    const auto bytes = padded(text, ' ');
    dom::parser parser;
    dom::element tree;
    const auto allocated = parser.allocate(std::max<std::size_t>(size, 64), Validator::kMaxDepth);
    const auto error = allocated ? allocated : parser.parse(bytes.data(), size, false).get(tree);
    const bool matches = size > 0 && valid_utf8(text) && matches_grammar(text, Validator::kMaxDepth);
    if (error == simdjson::SUCCESS) {
        require(accepted && matches);
        compare(trimmed(text), tree);
        std::vector<std::uint64_t> numbers;
        const bool good = collect(tree, numbers);
        std::sort(numbers.begin(), numbers.end());
        // To the tree -0 is 0; nobody numbers an attachment so.
        for (std::size_t count = 0; count < 3 && text.find("-0") == std::string_view::npos; ++count) {
            bool exact = good && numbers.size() == count;
            for (std::size_t i = 0; i < numbers.size() && exact; ++i) exact = numbers[i] == i;
            require(has_exact_placeholders(text, count) == exact);
        }
    } else {
        require(accepted == (matches && (error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR)));
    }
    return 0;
}
