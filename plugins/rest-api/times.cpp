#include "times.hpp"

#include <array>
#include <cstdio>

namespace televisit::rest_api {

namespace {

using namespace std::chrono;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, std::string_view accepted) {
    if (text.empty() || accepted.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<sys_days> take_date(std::string_view& text) {
    const auto y = take_number(text, 4);
    if (!y || !take(text, "-")) return std::nullopt;
    const auto m = take_number(text, 2);
    if (!m || !take(text, "-")) return std::nullopt;
    const auto d = take_number(text, 2);
    if (!d) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<minutes> take_hours_minutes(std::string_view& text) {
    const auto h = take_number(text, 2);
    if (!h || !take(text, ":")) return std::nullopt;
    const auto m = take_number(text, 2);
    if (!m || *h > 23 || *m > 59) return std::nullopt;
    return hours{*h} + minutes{*m};
}

/// A dot and digits; more than six say nothing to us.
std::optional<microseconds> take_fraction(std::string_view& text) {
    if (!take(text, ".")) return microseconds{0};
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    std::int64_t micros = 0;
    for (std::int64_t weight = 100'000; !text.empty() && is_digit(text.front()); text.remove_prefix(1), weight /= 10)
        micros += (text.front() - '0') * weight;
    return microseconds{micros};
}

std::optional<minutes> take_zone(std::string_view& text) {
    if (take(text, "Zz")) return minutes{0};
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, "+- ")) return std::nullopt;
    const auto offset = take_hours_minutes(text);
    if (!offset) return std::nullopt;
    return west ? -*offset : *offset;
}

}  // namespace

std::string time_text(Instant at) {
    const auto whole = floor<seconds>(at);
    const auto date = floor<days>(whole);
    const year_month_day ymd{date};
    const hh_mm_ss clock{whole - date};
    std::array<char, 48> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(ymd.year()),
        static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Instant> parse_time(std::string_view text) {
    const auto date = take_date(text);
    if (!date || !take(text, "Tt ")) return std::nullopt;
    const auto clock = take_hours_minutes(text);
    if (!clock || !take(text, ":")) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto zone = take_zone(text);
    if (!zone || !text.empty()) return std::nullopt;
    return Instant{*date} + *clock + seconds{*second} + *fraction - *zone;
}

}  // namespace televisit::rest_api
