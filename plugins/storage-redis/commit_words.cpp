#include <algorithm>
#include <variant>

#include "commit_script.hpp"
#include "record_fields.hpp"

namespace televisit::storage_redis {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

/// Keys are kept by Redis for so long beyond the end that the batch names: it goes by another clock.
constexpr milliseconds kMargin = std::chrono::hours{24};
constexpr milliseconds kLongest = std::chrono::hours{24 * 3650};

class WordWriter {
  public:
    explicit WordWriter(std::vector<std::string> first) : words_(std::move(first)) {}

    WordWriter& add(std::string_view word) {
        words_.emplace_back(word);
        return *this;
    }
    WordWriter& count(std::size_t number) { return add(std::to_string(number)); }
    WordWriter& version(Version expected) { return add(std::to_string(expected)); }
    WordWriter& list(const std::vector<std::string>& list) {
        count(list.size());
        words_.insert(words_.end(), list.begin(), list.end());
        return *this;
    }
    std::vector<std::string> take() { return std::move(words_); }

  private:
    std::vector<std::string> words_;
};

/// The fields of a record, and those by which the script finds its place in lists again.
template <class Record>
std::vector<std::string> fields_of(const Record& record, Version version,
                                   std::initializer_list<std::pair<std::string_view, std::string_view>> places) {
    FieldValues values;
    record_sql::bind(values, record, version);
    auto fields = named(field_names<Record>(), values);
    for (const auto& [name, value] : places) {
        if (value.empty()) continue;
        fields.emplace_back(name);
        fields.emplace_back(value);
    }
    return fields;
}

template <class Record>
std::vector<std::string> fields_of(const Record& record) {
    FieldValues values;
    record_sql::bind(values, record);
    return named(field_names<Record>(), values);
}

milliseconds time_to_live(Instant expires, Instant now) {
    if (expires <= now) return kMargin;
    if (expires >= now + kLongest) return kLongest;
    return ceil<milliseconds>(expires - now) + kMargin;
}

class Speller {
  public:
    Speller(WordWriter& words, Instant now, std::size_t quality_kept)
        : words_(words), now_(now), quality_kept_(quality_kept) {}

    template <class Record>
    void operator()(const VersionedWrite<Record>& write) {
        spell(write.record, write.expected, write.expected + 1);
    }
    void spell(const SessionRecord& record, Version expected, Version version) {
        const auto place = member(record.created_at, record.id.view());
        const auto due = record.due_at ? member(*record.due_at, record.id.view()) : std::string();
        words_.add("session").add(record.id.view()).version(expected).add(place).add(due);
        words_.add(record.room_id.view()).add(record.doctor_token).add(record.patient_token);
        words_.add(record.doctor_id.view()).add(record.patient_id.view()).add(to_string(record.status));
        words_.list(fields_of(record, version, {{"in_lists", place}, {"in_due", due}}));
    }
    void spell(const AttendeeRecord& record, Version expected, Version version) {
        const auto place = member(record.created_at, record.id.view());
        words_.add("attendee").add(record.id.view()).add(record.session.view()).add(record.user.view());
        words_.version(expected).add(place).add(record.access_token);
        words_.list(fields_of(record, version, {{"in_list", place}}));
    }
    void spell(const InvitationRecord& record, Version expected, Version version) {
        const auto place = member(record.created_at, record.id.view());
        words_.add("invitation").add(record.id.view()).add(record.session.view()).version(expected);
        words_.add(place).add(record.token).list(fields_of(record, version, {{"in_list", place}}));
    }
    void operator()(const MetricsRecord& record) {
        words_.add("metrics").add(record.session.view()).list(fields_of(record));
    }
    void operator()(const QualityRecord& record) {
        words_.add("quality").add(record.session.view()).count(quality_kept_).add(sample_text(record));
    }
    void operator()(const IdempotencyRecord& record) {
        const auto place = member(record.expires_at, record.key_hash);
        auto fields = fields_of(record);
        fields.insert(fields.end(), {"in_list", place});
        words_.add("idempotency").add(record.key_hash).add(std::to_string(to_micros(now_)));
        words_.add(std::to_string(time_to_live(record.expires_at, now_).count())).add(place).list(fields);
    }
    void operator()(const SessionRemoval& removal) {
        words_.add("removal").add(removal.session.view()).version(removal.expected);
    }
    void operator()(const QualityRemoval& removal) { words_.add("quality_removal").add(removal.session.view()); }

  private:
    WordWriter& words_;
    Instant now_;
    std::size_t quality_kept_;
};

/// Records as they are, each a first write.
struct AsTheyAre {
    Speller& speller;

    template <class Record>
    void operator()(const Record& record) {
        if constexpr (requires { record.version; })
            speller.spell(record, 0, record.version);
        else
            speller(record);
    }
    void operator()(const StoredQuality& sample) { speller(sample.record); }
    void operator()(const StoredOperation&) {}
    void operator()(const OutboxEvent&) {}
};

}  // namespace

std::vector<std::string> commit_words(const RecordBatch& batch, const Attempt& attempt) {
    WordWriter words({attempt.prefix, batch.operation.str(), member(batch.now, batch.operation.view()), attempt.stamp,
                      kOperationsKept});
    words.count(batch.writes.size());
    Speller speller(words, batch.now, attempt.quality_kept);
    for (const auto& write : batch.writes) std::visit(speller, write);
    words.count(batch.events.size());
    for (const auto& event : batch.events)
        words.add(event.type).add(std::to_string(to_micros(event.at))).add(event.session.view()).add(event.payload);
    return words.take();
}

std::vector<std::string> put_words(const std::vector<StoredRecord>& records, Instant now, const std::string& prefix) {
    constexpr std::size_t kAllSamples = 1'000'000'000;
    WordWriter words({prefix, "", "", "0", kOperationsKept});
    words.count(records.size());
    Speller speller(words, now, kAllSamples);
    for (const auto& record : records) std::visit(AsTheyAre{speller}, record);
    return words.count(0).take();
}

}  // namespace televisit::storage_redis
