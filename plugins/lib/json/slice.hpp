#pragma once
/// Parts of a JSON text as the bytes they came in, without a tree.
///
/// Everything here is for texts that a `Validator` has accepted; given another one it still stays within the text, but
/// what it finds means nothing. **Threads**: any. **Blocks**: never. **Owns**: results are views into the text.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json/text.hpp"

namespace televisit::json {

/// How many bytes of `text` its first value takes; `text` begins with that value.
std::size_t value_size(std::string_view text) noexcept;

/// `text` without white space around it.
std::string_view trimmed(std::string_view text) noexcept;

/// The elements of an array, one after another.
class ArrayElements {
  public:
    /// `array` begins with '['.
    explicit ArrayElements(std::string_view array) noexcept : rest_(array.substr(array.empty() ? 0 : 1)) {}
    std::optional<std::string_view> next() noexcept;
    /// The one element that is left, without looking for its end. There is one, and the array is all of the text.
    std::string_view last() const noexcept;

  private:
    std::string_view rest_;
};

struct RawMember {
    std::string_view name;   ///< the string with its quotes
    std::string_view value;  ///< JSON text
    bool escaped = false;    ///< whether the name has escapes
};

/// The members of an object, in the order they stand.
class ObjectMembers {
  public:
    /// `object` begins with '{'.
    explicit ObjectMembers(std::string_view object) noexcept : rest_(object.substr(object.empty() ? 0 : 1)) {}
    std::optional<RawMember> next() noexcept;

  private:
    std::string_view rest_;
};

/// The values of these members in one pass; empty for those that are absent. Of duplicates the last counts, as in
/// JSON.parse. `object` begins with '{'.
template <std::size_t Count>
std::array<std::string_view, Count> find_members(std::string_view object,
                                                 const std::array<std::string_view, Count>& names) {
    std::array<std::string_view, Count> found{};
    ObjectMembers members(object);
    std::string scratch;
    while (const auto member = members.next()) {
        const std::string_view name =
            member->escaped ? text_of(member->name, scratch) : member->name.substr(1, member->name.size() - 2);
        for (std::size_t i = 0; i < Count; ++i) {
            if (name.size() != names[i].size() || name != names[i]) continue;
            found[i] = member->value;
            break;
        }
    }
    return found;
}

/// Kinds of values, by their first character.
inline bool is_string(std::string_view value) noexcept {
    return !value.empty() && value.front() == '"';
}
inline bool is_object(std::string_view value) noexcept {
    return !value.empty() && value.front() == '{';
}
inline bool is_array(std::string_view value) noexcept {
    return !value.empty() && value.front() == '[';
}
inline bool is_number(std::string_view value) noexcept {
    return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

}  // namespace televisit::json
