#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace televisit::config {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr std::array kDurationUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1000},
                                    Unit{"ms", 1}};
constexpr std::array kByteUnits{Unit{"GiB", 1 << 30}, Unit{"MiB", 1 << 20}, Unit{"KiB", 1 << 10}, Unit{"", 1}};
constexpr std::int64_t kLongestDuration = std::int64_t{100} * 366 * 86'400'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 62;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string_view leading_digits(std::string_view text) noexcept {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(std::string_view text, const std::array<Unit, N>& units,
                                            std::int64_t most) noexcept {
    const auto digits = leading_digits(text);
    const auto count = parse_integer(digits);
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit& one) { return one.name == text.substr(digits.size()); });
    if (!count || unit == units.end() || *count > most / unit->factor) return std::nullopt;
    return *count * unit->factor;
}

template <std::size_t N>
std::string text_with_unit(std::int64_t amount, const std::array<Unit, N>& units, std::string_view unit_of_zero) {
    if (amount == 0) return "0" + std::string(unit_of_zero);
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& one) { return amount % one.factor == 0; });
    return std::to_string(amount / unit->factor) + std::string(unit->name);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    const auto unsigned_text = text.starts_with('-') ? text.substr(1) : text;
    const auto digits = leading_digits(unsigned_text);
    const bool leading_zero = digits.size() > 1 && digits.front() == '0';
    if (digits.empty() || digits.size() != unsigned_text.size() || leading_zero) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{}) return std::nullopt;
    return value;
}

std::optional<double> parse_number(std::string_view text) noexcept {
    const auto unsigned_text = text.starts_with('-') ? text.substr(1) : text;
    const auto digits = leading_digits(unsigned_text);
    const bool leading_zero = digits.size() > 1 && digits.front() == '0';
    if (digits.empty() || leading_zero) return std::nullopt;
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || !is_digit(text.back())) return std::nullopt;
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> parse_duration(std::string_view text) noexcept {
    return parse_with_unit(text, kDurationUnits, kLongestDuration);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) noexcept {
    return parse_with_unit(text, kByteUnits, kMostBytes);
}

std::string duration_text(std::int64_t milliseconds) {
    return text_with_unit(milliseconds, kDurationUnits, "s");
}

std::string bytes_text(std::int64_t bytes) {
    return text_with_unit(bytes, kByteUnits, "");
}

}  // namespace televisit::config
