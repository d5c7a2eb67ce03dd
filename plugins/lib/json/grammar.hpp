#pragma once
/// JSON's grammar, character by character: slow and exact.

#include <cstddef>
#include <string_view>

namespace televisit::json {

/// Whether `text`, which is UTF-8, is one value of RFC 8259, and every value in it lies in fewer than `max_depth`
/// arrays and objects. Unlike a parser it has no opinion on the size of numbers or on surrogates. **Threads**: any.
bool matches_grammar(std::string_view text, std::size_t max_depth);

}  // namespace televisit::json
