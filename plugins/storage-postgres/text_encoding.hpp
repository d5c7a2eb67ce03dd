#pragma once
/// Texts as a column of an UTF8 database can hold them. PostgreSQL refuses NUL and what is not UTF-8; a record keeps
/// every byte. So each such byte, and U+001A itself, is written as U+001A and two hex digits; nearly every text is its
/// own.

#include <optional>
#include <string>
#include <string_view>

namespace televisit::storage_postgres {

/// Nothing when the text can be held as it is.
std::optional<std::string> encoded(std::string_view text);

/// What was encoded. What cannot come from `encoded` stays as it is.
std::string decoded(std::string_view column);

}  // namespace televisit::storage_postgres
