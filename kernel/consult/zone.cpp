#include "consult/zone.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace televisit::consult {
namespace {

using std::chrono::seconds;

Error unknown_zone() {
    return error(Errc::invalid, "unknown_time_zone", "There is no such time zone.");
}

std::optional<seconds> parse_offset(std::string_view text) {
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    int hours = 0;
    int minutes = 0;
    const auto number = [](std::string_view digits, int& value) {
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return failure == std::errc{} && end == digits.data() + digits.size() && digits[0] != '-';
    };
    if (!number(text.substr(1, 2), hours) || !number(text.substr(4, 2), minutes) || hours > 14 || minutes > 59)
        return std::nullopt;
    const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    return text[0] == '-' ? -offset : offset;
}

bool is_zone_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name[0] == '/' || name.find("..") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '+' || c == '/';
    });
}

/// Big-endian two's complement numbers, taken from the front; `ok` turns false where the bytes end.
struct Bytes {
    std::string_view rest;
    bool ok = true;

    std::int64_t number(std::size_t size) {
        if (rest.size() < size) return ok = false, 0;
        std::uint64_t value = size < 8 && (static_cast<std::uint8_t>(rest[0]) & 0x80) ? ~0ULL : 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(rest[i]);
        rest.remove_prefix(size);
        return static_cast<std::int64_t>(value);
    }
    std::string_view take(std::size_t size) {
        if (rest.size() < size) return ok = false, std::string_view{};
        const auto taken = rest.substr(0, size);
        rest.remove_prefix(size);
        return taken;
    }
};

struct Header {
    std::size_t ut, std_, leap, times, types, chars;
};

std::optional<Header> take_header(Bytes& bytes) {
    if (bytes.take(4) != "TZif") return std::nullopt;
    bytes.take(16);
    std::size_t counts[6];
    for (auto& count : counts) {
        const auto value = bytes.number(4);
        if (value < 0 || value > 100'000) return std::nullopt;
        count = static_cast<std::size_t>(value);
    }
    if (!bytes.ok) return std::nullopt;
    return Header{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

}  // namespace

/// The POSIX TZ string at the end of the file, e.g. "CET-1CEST,M3.5.0,M10.5.0/3".
class Zone::RuleText {
  public:
    explicit RuleText(std::string_view text) : rest_(text) {}

    std::optional<Rule> parse() {
        Rule rule;
        if (!skip_name() || !offset(rule.standard)) return std::nullopt;
        rule.summer = rule.standard + std::chrono::hours{1};
        if (rest_.empty()) return rule;
        if (!skip_name()) return std::nullopt;
        if (!rest_.empty() && rest_[0] != ',' && !offset(rule.summer)) return std::nullopt;
        if (!date(rule.begins) || !date(rule.ends) || !rest_.empty()) return std::nullopt;
        rule.has_summer = true;
        return rule;
    }

  private:
    bool skip(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool skip_name() {
        if (skip('<')) {
            const auto end = rest_.find('>');
            if (end == std::string_view::npos) return false;
            rest_.remove_prefix(end + 1);
            return true;
        }
        std::size_t size = 0;
        while (size < rest_.size() && ((rest_[size] | 0x20) >= 'a' && (rest_[size] | 0x20) <= 'z')) ++size;
        rest_.remove_prefix(size);
        return size >= 3;
    }
    bool number(int& value) {
        const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (failure != std::errc{} || value < 0) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }
    bool clock(seconds& value) {
        const bool negative = skip('-');
        if (!negative) skip('+');
        int parts[3] = {0, 0, 0};
        if (!number(parts[0])) return false;
        for (std::size_t i = 1; i < 3 && skip(':'); ++i)
            if (!number(parts[i])) return false;
        value = std::chrono::hours{parts[0]} + std::chrono::minutes{parts[1]} + seconds{parts[2]};
        if (negative) value = -value;
        return true;
    }
    bool offset(seconds& value) {  // POSIX counts west of Greenwich as positive
        if (!clock(value)) return false;
        value = -value;
        return true;
    }
    bool date(YearlyDate& date) {
        int month = 0;
        int week = 0;
        int weekday = 0;
        if (!skip(',') || !skip('M') || !number(month) || !skip('.') || !number(week) || !skip('.') ||
            !number(weekday) || month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6)
            return false;
        date = {static_cast<unsigned>(month), static_cast<unsigned>(week), static_cast<unsigned>(weekday)};
        return !skip('/') || clock(date.time);
    }

    std::string_view rest_;
};

std::chrono::local_seconds Zone::YearlyDate::in(std::chrono::year year) const noexcept {
    using namespace std::chrono;
    const auto day = weekday == 0 ? Sunday : std::chrono::weekday{weekday};
    const auto date = week == 5 ? local_days{year / std::chrono::month{month} / day[last]}
                                : local_days{year / std::chrono::month{month} / day[week]};
    return local_seconds{date} + time;
}

seconds Zone::Rule::offset_at(Seconds at) const noexcept {
    if (!has_summer) return standard;
    const auto local = Local{(at + standard).time_since_epoch()};
    const auto year = std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(local)}.year();
    const auto from = begins.in(year).time_since_epoch() - standard;
    const auto to = ends.in(year).time_since_epoch() - summer;
    const auto now = at.time_since_epoch();
    const bool is_summer = from < to ? now >= from && now < to : now >= from || now < to;
    return is_summer ? summer : standard;
}

Result<Zone> Zone::load(std::string_view name, std::string_view folder) {
    if (name == "UTC" || name == "Z") return Zone{};
    if (const auto offset = parse_offset(name)) {
        Zone fixed;
        fixed.first_offset_ = *offset;
        return fixed;
    }
    if (!is_zone_name(name)) return unknown_zone();
    const auto path = std::filesystem::path(folder) / name;
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure)) return unknown_zone();
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file || content.empty()) return unknown_zone();
    return parse(content);
}

Result<Zone> Zone::parse(std::string_view file) {
    // The first block has 32-bit times and is there for old readers; the second repeats it with 64 bits.
    Bytes bytes{file};
    const auto old = take_header(bytes);
    if (!old) return unknown_zone();
    bytes.take(old->times * 5 + old->types * 6 + old->chars + old->leap * 8 + old->std_ + old->ut);
    const auto header = take_header(bytes);
    if (!header || header->types == 0) return unknown_zone();
    std::vector<std::int64_t> times(header->times);
    for (auto& time : times) time = bytes.number(8);
    std::vector<std::size_t> kinds(header->times);
    for (auto& kind : kinds) kind = static_cast<std::size_t>(bytes.number(1));
    std::vector<seconds> offsets(header->types);
    for (auto& offset : offsets) {
        offset = seconds{bytes.number(4)};
        bytes.take(2);
    }
    bytes.take(header->chars + header->leap * 12 + header->std_ + header->ut);
    Zone zone;
    zone.first_offset_ = offsets[0];
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (kinds[i] >= offsets.size() || (i > 0 && times[i] <= times[i - 1])) return unknown_zone();
        zone.transitions_.emplace_back(Seconds{seconds{times[i]}}, offsets[kinds[i]]);
    }
    if (!bytes.ok || bytes.take(1) != "\n") return unknown_zone();
    const auto end = bytes.rest.find('\n');
    if (end == std::string_view::npos) return unknown_zone();
    if (end > 0) zone.rule_ = RuleText(bytes.rest.substr(0, end)).parse();
    return zone;
}

seconds Zone::offset_at(Seconds at) const noexcept {
    const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), at,
                                        [](Seconds time, const auto& transition) { return time < transition.first; });
    if (after == transitions_.end() && rule_) return rule_->offset_at(at);
    return after == transitions_.begin() ? first_offset_ : std::prev(after)->second;
}

Zone::Seconds Zone::to_utc(Local local) const noexcept {
    const auto as_utc = Seconds{local.time_since_epoch()};
    const auto before = offset_at(as_utc - std::chrono::days{1});
    const auto after = offset_at(as_utc + std::chrono::days{1});
    if (offset_at(as_utc - before) == before) return as_utc - before;
    if (offset_at(as_utc - after) == after) return as_utc - after;
    return as_utc - before;
}

}  // namespace televisit::consult
