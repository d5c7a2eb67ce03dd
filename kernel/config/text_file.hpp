#pragma once
/// Reading small text files, and checking that text is text.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace televisit::config {

/// The contents of a file, or why it cannot be had.
struct FileText {
    std::string text{};
    std::string problem{};  ///< empty: read. Fit to follow "the file …", e.g. "does not exist"
};

/// Reads a regular file of at most `limit` bytes. **Blocks**: for the disk only; a fifo or device is refused, not
/// waited for.
FileText read_text_file(const std::filesystem::path& path, std::size_t limit);

/// The offset of the first byte that does not belong in configuration text: not UTF-8 (RFC 3629), NUL, or another
/// control character than tab and line ends. Nothing when all is well.
std::optional<std::size_t> first_bad_byte(std::string_view text) noexcept;

}  // namespace televisit::config
