#pragma once
/// Joins constant pieces of SQL while compiling, so that every statement is a constant.

#include <cstddef>
#include <string_view>

namespace televisit::record_sql {

template <std::size_t Size>
struct SqlText {
    char text[Size]{};
    constexpr operator std::string_view() const noexcept { return {text, Size - 1}; }
};

/// The literals given, one after the other.
template <std::size_t... Sizes>
consteval auto sql(const char (&... pieces)[Sizes]) {
    SqlText<(Sizes + ...) - sizeof...(Sizes) + 1> joined;
    std::size_t end = 0;
    const auto append = [&](const char* piece, std::size_t size) {
        for (std::size_t i = 0; i + 1 < size; ++i) joined.text[end++] = piece[i];
    };
    (append(pieces, Sizes), ...);
    return joined;
}

}  // namespace televisit::record_sql
