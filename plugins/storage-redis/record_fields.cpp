#include "record_fields.hpp"

#include <charconv>
#include <limits>

#include "packed.hpp"

namespace televisit::storage_redis {

using namespace record_sql;

FieldNames names_in(std::initializer_list<std::string_view> lists) {
    constexpr std::string_view kBetween = ", ";
    FieldNames names;
    for (auto list : lists)
        for (bool more = true; more;) {
            const auto end = list.find(kBetween);
            names.push_back(list.substr(0, end));
            more = end != std::string_view::npos;
            if (more) list.remove_prefix(end + kBetween.size());
        }
    return names;
}

template <>
const FieldNames& field_names<SessionRecord>() {
    static const auto names = names_in({kSessionKey, kSessionValues});
    return names;
}
template <>
const FieldNames& field_names<AttendeeRecord>() {
    static const auto names = names_in({kAttendeeKey, kAttendeeValues});
    return names;
}
template <>
const FieldNames& field_names<InvitationRecord>() {
    static const auto names = names_in({kInvitationKey, kInvitationValues});
    return names;
}
template <>
const FieldNames& field_names<MetricsRecord>() {
    static const auto names = names_in({kMetricsColumns});
    return names;
}
template <>
const FieldNames& field_names<IdempotencyRecord>() {
    static const auto names = names_in({kIdempotencyColumns});
    return names;
}

FieldValues& FieldValues::hundredths(std::int64_t value) {
    auto digits = std::to_string(value);
    const std::size_t sign = value < 0 ? 1 : 0;
    constexpr std::size_t kLeast = 3;
    if (digits.size() - sign < kLeast) digits.insert(sign, kLeast - (digits.size() - sign), '0');
    return text(digits.insert(digits.size() - 2, "."));
}

std::vector<std::string> named(const FieldNames& names, const FieldValues& values) {
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!values.all()[i]) continue;
        pairs.emplace_back(names[i]);
        pairs.push_back(*values.all()[i]);
    }
    return pairs;
}

const std::string* FieldRow::next() {
    if (read_ >= values_.size()) return spoil(), nullptr;
    const auto& value = values_[read_++];
    return value.is_nothing() ? nullptr : &value.text;
}

std::int64_t FieldRow::parsed(const std::string& digits) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc() || end != digits.data() + digits.size()) spoil();
    return number;
}

std::string FieldRow::text() {
    const auto* value = next();
    return value ? *value : std::string();
}

std::int64_t FieldRow::integer() {
    const auto* value = next();
    return value ? parsed(*value) : 0;
}

std::int32_t FieldRow::small_integer() {
    const auto value = integer();
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
        return spoil(), 0;
    return static_cast<std::int32_t>(value);
}

bool FieldRow::flag() {
    const auto value = integer();
    if (value != 0 && value != 1) spoil();
    return value == 1;
}

std::int64_t FieldRow::hundredths() {
    auto digits = text();
    if (const auto point = digits.find('.'); point != std::string::npos) digits.erase(point, 1);
    return parsed(digits);
}

std::optional<Instant> FieldRow::optional_time() {
    const auto* value = next();
    if (!value) return std::nullopt;
    return from_micros(parsed(*value));
}

std::string sample_text(const QualityRecord& record) {
    return PackedWriter().text(record.attendee.view()).instant(record.at).text(record.sample).take();
}

std::optional<QualityRecord> sample_of(const SessionId& session, std::string_view text) {
    PackedReader in(text);
    QualityRecord record;
    record.session = session;
    record.attendee = AttendeeId(in.text());
    record.at = in.instant();
    record.sample = in.text();
    if (!in.complete()) return std::nullopt;
    return record;
}

std::optional<OutboxEvent> event_of(const Reply& entry) {
    if (entry.items.size() != 2 || entry.items[1].items.size() != 8) return std::nullopt;
    const auto& id = entry.items[0].text;
    const auto& fields = entry.items[1].items;
    OutboxEvent event;
    std::int64_t at = 0;
    const auto& digits = fields[3].text;
    if (std::from_chars(id.data(), id.data() + id.find('-'), event.cursor).ec != std::errc() ||
        std::from_chars(digits.data(), digits.data() + digits.size(), at).ec != std::errc())
        return std::nullopt;
    event.type = fields[1].text;
    event.at = from_micros(at);
    event.session = SessionId(fields[5].text);
    event.payload = fields[7].text;
    return event;
}

std::string sortable(Instant at) {
    constexpr char kDigits[] = "0123456789abcdef";
    // The sign bit turned over, so that what is before 1970 comes first.
    const auto bits = static_cast<std::uint64_t>(to_micros(at)) ^ (1ULL << 63);
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[bits >> (60 - 4 * i) & 15];
    return text;
}

std::string member(Instant at, std::string_view id) {
    return sortable(at).append(id);
}

}  // namespace televisit::storage_redis
