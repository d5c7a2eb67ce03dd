#include "consult/times.hpp"

#include <chrono>

namespace televisit::consult {
namespace {

using namespace std::chrono;

/// Takes fixed-width fields from the front of a text.
class Fields {
  public:
    explicit Fields(std::string_view text) : rest_(text) {}

    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    bool one_of(std::string_view wanted) {
        if (rest_.empty() || wanted.find(rest_[0]) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool at_end() const { return rest_.empty(); }
    char front() const { return rest_.empty() ? '\0' : rest_[0]; }

    /// What follows the decimal point, as microseconds.
    std::optional<microseconds> fraction() {
        std::int64_t micros = 0;
        std::size_t count = 0;
        for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1), ++count)
            if (count < 6) micros = micros * 10 + (rest_[0] - '0');
        if (count == 0 || count > 30) return std::nullopt;
        for (; count < 6; ++count) micros *= 10;
        return microseconds{micros};
    }

  private:
    std::string_view rest_;
};

std::optional<local_days> take_date(Fields& fields) {
    const auto y = fields.digits(4);
    if (!y || !fields.one_of("-")) return std::nullopt;
    const auto m = fields.digits(2);
    if (!m || !fields.one_of("-")) return std::nullopt;
    const auto d = fields.digits(2);
    if (!d) return std::nullopt;
    const auto date = year{*y} / month{static_cast<unsigned>(*m)} / day{static_cast<unsigned>(*d)};
    if (!date.ok() || *y < 1970) return std::nullopt;
    return local_days{date};
}

std::optional<microseconds> take_clock(Fields& fields) {
    const auto h = fields.digits(2);
    if (!h || *h > 23 || !fields.one_of(":")) return std::nullopt;
    const auto m = fields.digits(2);
    if (!m || *m > 59 || !fields.one_of(":")) return std::nullopt;
    const auto s = fields.digits(2);
    if (!s || *s > 59) return std::nullopt;
    microseconds part{0};
    if (fields.one_of(".")) {
        const auto fraction = fields.fraction();
        if (!fraction) return std::nullopt;
        part = *fraction;
    }
    return hours{*h} + minutes{*m} + seconds{*s} + part;
}

std::optional<seconds> take_offset(Fields& fields) {
    const bool west = fields.front() == '-';
    if (!fields.one_of("+-")) return std::nullopt;
    const auto h = fields.digits(2);
    if (!h || *h > 23 || !fields.one_of(":")) return std::nullopt;
    const auto m = fields.digits(2);
    if (!m || *m > 59) return std::nullopt;
    const auto offset = hours{*h} + minutes{*m};
    return west ? -offset : offset;
}

void put_number(std::string& out, int value, std::size_t width) {
    auto digits = std::to_string(value);
    out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

}  // namespace

std::optional<Instant> parse_time(std::string_view text, const Zone& naive) {
    Fields fields(text);
    const auto date = take_date(fields);
    if (!date || !fields.one_of("Tt ")) return std::nullopt;
    const auto clock = take_clock(fields);
    if (!clock) return std::nullopt;
    const auto local = *date + *clock;
    if (fields.at_end()) {
        const auto whole = floor<seconds>(local);
        return naive.to_utc(whole) + (local - whole);
    }
    const auto as_utc = Instant{local.time_since_epoch()};
    if (fields.one_of("Zz")) return fields.at_end() ? std::optional(as_utc) : std::nullopt;
    const auto offset = take_offset(fields);
    if (!offset || !fields.at_end()) return std::nullopt;
    return as_utc - *offset;
}

std::string print_time(Instant at) {
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(at) - day};
    std::string out;
    put_number(out, static_cast<int>(date.year()), 4);
    put_number(out += '-', static_cast<int>(static_cast<unsigned>(date.month())), 2);
    put_number(out += '-', static_cast<int>(static_cast<unsigned>(date.day())), 2);
    put_number(out += 'T', static_cast<int>(clock.hours().count()), 2);
    put_number(out += ':', static_cast<int>(clock.minutes().count()), 2);
    put_number(out += ':', static_cast<int>(clock.seconds().count()), 2);
    return out += 'Z';
}

}  // namespace televisit::consult
