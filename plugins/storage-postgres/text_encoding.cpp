#include "text_encoding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace televisit::storage_postgres {
namespace {

constexpr char kMark = '\x1a';
constexpr char kDigits[] = "0123456789abcdef";

constexpr std::uint8_t byte(char c) noexcept {
    return static_cast<std::uint8_t>(c);
}

constexpr bool is_tail(std::uint8_t c) noexcept {
    return (c & 0xc0U) == 0x80U;
}

/// How many bytes the character at the start of `text` has, or 0 when it cannot be held. `text` is not empty.
std::size_t held(std::string_view text) noexcept {
    const auto first = byte(text[0]);
    if (first < 0x80) return first == 0 || text[0] == kMark ? 0 : 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if (!is_tail(byte(text[i]))) return 0;
    const auto second = byte(text[1]);
    // Longer than need be, surrogates, beyond U+10FFFF.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
    return size;
}

/// So many bytes from the start can be held.
std::size_t held_run(std::string_view text) noexcept {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto size = held(text.substr(end));
        if (size == 0) break;
        end += size;
    }
    return end;
}

int digit(char c) noexcept {
    const auto* found = std::find(std::begin(kDigits), std::end(kDigits) - 1, c);
    return found == std::end(kDigits) - 1 ? -1 : static_cast<int>(found - std::begin(kDigits));
}

}  // namespace

std::optional<std::string> encoded(std::string_view text) {
    auto run = held_run(text);
    if (run == text.size()) return std::nullopt;
    std::string out;
    for (;;) {
        out.append(text.substr(0, run));
        text.remove_prefix(run);
        if (text.empty()) return out;
        const auto spoilt = byte(text[0]);
        out.append({kMark, kDigits[spoilt >> 4U], kDigits[spoilt & 0xfU]});
        text.remove_prefix(1);
        run = held_run(text);
    }
}

std::string decoded(std::string_view column) {
    std::string out;
    for (;;) {
        const auto mark = column.find(kMark);
        out.append(column.substr(0, mark));
        if (mark == std::string_view::npos) return out;
        column.remove_prefix(mark);
        const int high = column.size() > 2 ? digit(column[1]) : -1;
        const int low = column.size() > 2 ? digit(column[2]) : -1;
        const bool whole = high >= 0 && low >= 0;
        out.push_back(whole ? static_cast<char>(high * 16 + low) : kMark);
        column.remove_prefix(whole ? 3 : 1);
    }
}

}  // namespace televisit::storage_postgres
