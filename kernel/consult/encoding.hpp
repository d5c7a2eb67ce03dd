#pragma once
/// Bytes as text, and text that may be kept.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace televisit::consult {

std::string hex(std::span<const std::uint8_t> bytes);
/// RFC 4648 section 5, without padding.
std::string base64url(std::span<const std::uint8_t> bytes);
std::string base64url(std::string_view bytes);

/// Whether it is UTF-8 without control characters (C0, DEL, C1).
bool is_clean_text(std::string_view text) noexcept;
/// How many Unicode characters the UTF-8 text has; a byte that belongs to none counts as one.
std::size_t characters(std::string_view text) noexcept;
/// A JSON string with its quotes. `text` must be UTF-8.
std::string json_string(std::string_view text);

}  // namespace televisit::consult
