#pragma once
/// Records as hashes: the names of a hash's fields are the columns of `record_sql`, so that a store in Redis and one in
/// SQL hold the same. Instants are in µs since 1970, flags are 0 and 1; what is empty has no field.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record_sql/rows.hpp"
#include "reply.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::storage_redis {

using FieldNames = std::vector<std::string_view>;

/// The names of lists like "id, version".
FieldNames names_in(std::initializer_list<std::string_view> lists);

template <class Record>
const FieldNames& field_names();
template <>
const FieldNames& field_names<SessionRecord>();
template <>
const FieldNames& field_names<AttendeeRecord>();
template <>
const FieldNames& field_names<InvitationRecord>();
template <>
const FieldNames& field_names<MetricsRecord>();
template <>
const FieldNames& field_names<IdempotencyRecord>();

/// Takes the values of a record in the order of its names; a `Statement` of `record_sql`.
class FieldValues {
  public:
    FieldValues& text(std::string_view value) { return add(std::string(value)); }
    FieldValues& optional_text(std::string_view value) { return value.empty() ? add({}) : text(value); }
    FieldValues& integer(std::int64_t value) { return add(std::to_string(value)); }
    FieldValues& flag(bool value) { return add(value ? "1" : "0"); }
    FieldValues& hundredths(std::int64_t value);
    FieldValues& time(Instant value) { return integer(to_micros(value)); }
    FieldValues& optional_time(std::optional<Instant> value) { return value ? time(*value) : add({}); }

    const std::vector<std::optional<std::string>>& all() const noexcept { return values_; }

  private:
    FieldValues& add(std::optional<std::string> value) {
        values_.push_back(std::move(value));
        return *this;
    }
    std::vector<std::optional<std::string>> values_;
};

/// Names and values in turn, as HSET takes them.
std::vector<std::string> named(const FieldNames& names, const FieldValues& values);

/// Values in the order of the names, as HMGET gives them; a `Row` of `record_sql`.
class FieldRow {
  public:
    explicit FieldRow(const std::vector<Reply>& values) : values_(values) {}

    std::string text();
    std::int64_t integer();
    std::int32_t small_integer();
    bool flag();
    std::int64_t hundredths();
    Instant time() { return from_micros(integer()); }
    std::optional<Instant> optional_time();

    void spoil() noexcept { sound_ = false; }
    bool sound() const noexcept { return sound_; }

  private:
    const std::string* next();
    std::int64_t parsed(const std::string& digits);

    const std::vector<Reply>& values_;
    std::size_t read_ = 0;
    bool sound_ = true;
};

/// A record from the values of its names; nothing when one of them is none of this version's.
template <class Record>
std::optional<Record> record_of(const std::vector<Reply>& values) {
    FieldRow row(values);
    Record record{};
    record_sql::read(row, record);
    if (!row.sound()) return std::nullopt;
    return record;
}

/// A sample as one element of its session's list.
std::string sample_text(const QualityRecord& record);
std::optional<QualityRecord> sample_of(const SessionId& session, std::string_view text);

/// An event as an entry of their stream; nothing when it is none of this version's.
std::optional<OutboxEvent> event_of(const Reply& entry);

/// An instant and an id, so that their order as bytes is their order: a member of a sorted set.
std::string member(Instant at, std::string_view id);
/// What all members of that instant begin with.
std::string sortable(Instant at);

}  // namespace televisit::storage_redis
