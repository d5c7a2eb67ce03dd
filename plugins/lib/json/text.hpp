#pragma once
/// JSON strings: to text, from text, and compared with text. **Threads**: any. **Blocks**: never.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace televisit::json {

/// Whether `text` may stand between quotes as it is.
bool is_plain(std::string_view text) noexcept;

/// Appends `text`, which is UTF-8, as a JSON string with its quotes.
void append_string(std::string& out, std::string_view text);

/// The same as a new string.
std::string string_of(std::string_view text);

/// The text that a valid JSON string (with its quotes) stands for; `scratch` is used only when it has escapes, so the
/// result lives as long as both. A lone surrogate becomes U+FFFD.
std::string_view text_of(std::string_view json_string, std::string& scratch);

/// Whether a valid JSON string (with its quotes) stands for `text`.
bool string_equals(std::string_view json_string, std::string_view text);

/// How many Unicode characters a valid JSON string stands for.
std::size_t string_length(std::string_view json_string) noexcept;

/// Appends a number in decimal.
void append_number(std::string& out, std::int64_t number);

}  // namespace televisit::json
