#include "times.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace televisit::rest_api {

using namespace std::chrono;

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

}  // namespace televisit::rest_api
