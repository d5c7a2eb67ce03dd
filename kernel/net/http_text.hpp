#pragma once
/// The characters and lists of HTTP fields (RFC 9110 section 5.6).

#include <cstdint>
#include <optional>
#include <string_view>

#include "televisit/sdk/http.hpp"

namespace televisit::net {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// A character of a token: of methods, field names and list members.
constexpr bool is_token_char(char c) noexcept {
    if (is_digit(c) || is_alpha(c)) return true;
    for (const char other : std::string_view("!#$%&'*+-.^_`|~"))
        if (c == other) return true;
    return false;
}

/// A character of a field value: visible, blank, tab, or above ASCII.
constexpr bool is_value_char(char c) noexcept {
    return c == '\t' || !is_control(c);
}

constexpr bool is_token(std::string_view text) noexcept {
    for (const char c : text)
        if (!is_token_char(c)) return false;
    return !text.empty();
}

constexpr bool is_value(std::string_view text) noexcept {
    for (const char c : text)
        if (!is_value_char(c)) return false;
    return true;
}

constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr std::string_view trim_blanks(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Digits only, without sign or blank; nothing when it is not that or does not fit.
constexpr std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

/// Calls `each(member)` for the members of a comma-separated list, blanks trimmed and empty ones left out.
template <class Each>
constexpr void for_each_member(std::string_view list, Each&& each) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view member = trim_blanks(list.substr(0, comma));
        if (!member.empty()) each(member);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
}

constexpr bool has_member(std::string_view list, std::string_view wanted) noexcept {
    bool found = false;
    for_each_member(list, [&](std::string_view member) {
        found = found || televisit::detail::equal_ignoring_case(member, wanted);
    });
    return found;
}

}  // namespace televisit::net
