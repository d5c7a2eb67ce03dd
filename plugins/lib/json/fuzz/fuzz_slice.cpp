/// libFuzzer entry: whatever the validator lets through, the slicer must cut into pieces that are valid themselves; and
/// on any other input it must stay within the text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "json/placeholders.hpp"
#include "json/slice.hpp"
#include "json/validator.hpp"

namespace {

void check_valid(televisit::json::Validator& validator, std::string_view piece) {
    std::string padded(piece);
    padded.append(64, '\0');
    if (!validator.valid({padded.data(), piece.size()})) std::abort();
}

void walk(televisit::json::Validator* validator, std::string_view value) {
    using namespace televisit::json;
    if (validator != nullptr) check_valid(*validator, value);
    std::string scratch;
    if (is_string(value)) {
        text_of(value, scratch);
        string_length(value);
    } else if (is_array(value)) {
        ArrayElements elements(value);
        while (const auto element = elements.next()) walk(validator, *element);
    } else if (is_object(value)) {
        ObjectMembers members(value);
        while (const auto member = members.next()) {
            if (validator != nullptr) check_valid(*validator, member->name);
            walk(validator, member->value);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace televisit::json;
    if (size > 4096) return 0;
    std::string padded(reinterpret_cast<const char*>(data), size);
    padded.append(64, '"');
    const std::string_view text(padded.data(), size);
    Validator validator;
    if (validator.valid(text)) {
        walk(&validator, trimmed(text));
        has_exact_placeholders(text, 3);
    } else if (!text.empty()) {
        value_size(text);
        find_members(text, std::array<std::string_view, 2>{"a", "b"});
    }
    return 0;
}
