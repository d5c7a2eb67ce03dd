#pragma once
/// The transfer of all records, for every SQL database with those tables.
///
/// A `Database` is constructed from the plugin's configuration. It has `kMetricsRead`, the columns of a metrics row as
/// `hundredths` reads them; `kLastCursor`, `kSkipCursors` and `kMark` (the mark of a copy that is not finished, among
/// the migrations), for which it alone knows the SQL; and
///
///     Result<void> open_source(const CallContext&), open_target(const CallContext&);
///     Result<void> query(sql, bind, each, context);        // bind(statement), each(row) for every row
///     Result<void> in_transaction(context, work);          // work() gives a Result<void>; undone unless it is ok
///     Result<std::int64_t> execute(sql, bind, context);    // how many rows it changed; `conflict` for a broken rule

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "record_sql/transfer_sql.hpp"
#include "televisit/sdk/record_transfer.hpp"

namespace televisit::record_sql {

template <class Row>
void read(Row& row, StoredOperation& operation) {
    operation.id = OperationId(row.text());
    operation.at = row.time();
}

/// Where a page of quality samples ended: "<seq> <next number in its session> <session>".
struct QualityPlace {
    std::int64_t seq = 0;
    std::uint64_t number = 0;
    std::string session{};

    static QualityPlace parse(const std::string& text) {
        QualityPlace place;
        const char* end = text.data() + text.size();
        const auto [after_seq, bad_seq] = std::from_chars(text.data(), end, place.seq);
        if (bad_seq != std::errc() || after_seq == end) return {};
        const auto [after_number, bad_number] = std::from_chars(after_seq + 1, end, place.number);
        if (bad_number != std::errc() || after_number == end) return {};
        place.session.assign(after_number + 1, end);
        return place;
    }
    std::string text() const { return std::to_string(seq) + ' ' + std::to_string(number) + ' ' + session; }
};

template <class Database>
class SqlTransfer final : public RecordTransfer {
  public:
    explicit SqlTransfer(const ConfigView& config) : database_(config) {}

    Result<void> open_source(const CallContext& context) override { return database_.open_source(context); }
    Result<void> open_target(const CallContext& context) override { return database_.open_target(context); }

    Result<void> begin(const CallContext& context) override { return run(Database::kMark, context); }
    Result<void> finish(const CallContext& context) override { return run(kUnmark, context); }

    Result<bool> empty(const CallContext& context) override {
        bool any = false;
        const auto asked = database_.query(
            kAnyRecord, [](auto&) {}, [&](auto& row) { any = row.flag(); }, context);
        if (!asked) return asked.error();
        return !any;
    }

    Result<RecordPage> page(RecordKind kind, const std::string& place, std::size_t limit,
                            const CallContext& context) override {
        switch (kind) {
            case RecordKind::session:
                return by_key<SessionRecord>(kSessionPage, place, limit, context, id_of);
            case RecordKind::attendee:
                return by_key<AttendeeRecord>(kAttendeePage, place, limit, context, id_of);
            case RecordKind::invitation:
                return by_key<InvitationRecord>(kInvitationPage, place, limit, context, id_of);
            case RecordKind::metrics:
                return by_key<MetricsRecord>(kMetricsPage, place, limit, context,
                                             [](const MetricsRecord& record) { return record.id; });
            case RecordKind::quality:
                return quality_page(place, limit, context);
            case RecordKind::idempotency:
                return by_key<IdempotencyRecord>(kIdempotencyPage, place, limit, context,
                                                 [](const IdempotencyRecord& record) { return record.key_hash; });
            case RecordKind::operation:
                return by_key<StoredOperation>(kOperationPage, place, limit, context, id_of);
            case RecordKind::event:
                return event_page(place, limit, context);
        }
        return RecordPage{};
    }

    Result<void> put(const std::vector<StoredRecord>& records, const CallContext& context) override {
        return database_.in_transaction(context, [&]() -> Result<void> {
            Putting putting{database_, context};
            for (const auto& record : records)
                if (const auto done = std::visit(putting, record); !done) return done;
            return {};
        });
    }

    Result<std::uint64_t> last_cursor(const CallContext& context) override {
        std::int64_t last = 0;
        const auto asked = database_.query(
            Database::kLastCursor, [](auto&) {}, [&](auto& row) { last = row.integer(); }, context);
        if (!asked) return asked.error();
        return static_cast<std::uint64_t>(last);
    }

    Result<void> skip_cursors(std::uint64_t last, const CallContext& context) override {
        return database_.in_transaction(context, [&]() -> Result<void> {
            for (const std::string_view sql : Database::kSkipCursors) {
                const auto done = database_.execute(
                    sql, [&](auto& statement) { statement.integer(static_cast<std::int64_t>(last)); }, context);
                if (!done.ok()) return done.error();
            }
            return {};
        });
    }

    Result<void> erase(const CallContext& context) override {
        for (const std::string_view sql : kErasing)
            for (std::int64_t gone = 1; gone > 0;) {
                const auto step = database_.in_transaction(context, [&]() -> Result<void> {
                    const auto erased = database_.execute(
                        sql, [](auto&) {}, context);
                    if (!erased.ok()) return erased.error();
                    gone = *erased;
                    return {};
                });
                if (!step) return step;
            }
        return {};
    }

  private:
    Result<void> run(std::string_view sql, const CallContext& context) {
        return database_.in_transaction(context, [&]() -> Result<void> {
            const auto done = database_.execute(
                sql, [](auto&) {}, context);
            if (!done.ok()) return done.error();
            return {};
        });
    }

    static constexpr auto kMetricsPage = page_sql(Database::kMetricsRead, kMetricsTable, "id");
    static constexpr auto id_of = [](const auto& record) { return record.id.str(); };

    template <class Record, class KeyOf>
    Result<RecordPage> by_key(std::string_view sql, const std::string& place, std::size_t limit,
                              const CallContext& context, KeyOf&& key_of) {
        RecordPage page;
        const auto asked = database_.query(
            sql, [&](auto& statement) { statement.text(place).limit(limit); },
            [&](auto& row) {
                Record record;
                read(row, record);
                page.records.emplace_back(std::move(record));
            },
            context);
        if (!asked) return asked.error();
        if (page.records.size() == limit) page.next = key_of(std::get<Record>(page.records.back()));
        return page;
    }

    Result<RecordPage> event_page(const std::string& place, std::size_t limit, const CallContext& context) {
        std::int64_t after = 0;
        std::from_chars(place.data(), place.data() + place.size(), after);
        RecordPage page;
        const auto asked = database_.query(
            kEventPage, [&](auto& statement) { statement.integer(after).limit(limit); },
            [&](auto& row) {
                OutboxEvent event;
                read(row, event);
                page.records.emplace_back(std::move(event));
            },
            context);
        if (!asked) return asked.error();
        if (page.records.size() == limit) page.next = std::to_string(std::get<OutboxEvent>(page.records.back()).cursor);
        return page;
    }

    Result<RecordPage> quality_page(const std::string& place, std::size_t limit, const CallContext& context) {
        auto at = QualityPlace::parse(place);
        const auto begin = at;
        RecordPage page;
        const auto asked = database_.query(
            kQualityPage, [&](auto& statement) { statement.text(begin.session).integer(begin.seq).limit(limit); },
            [&](auto& row) {
                StoredQuality sample;
                at.seq = row.integer();
                read(row, sample.record);
                if (at.session != sample.record.session.view()) at = {at.seq, 0, sample.record.session.str()};
                sample.number = at.number++;
                page.records.emplace_back(std::move(sample));
            },
            context);
        if (!asked) return asked.error();
        if (page.records.size() == limit) page.next = at.text();
        return page;
    }

    /// Writes one record after the other in a transaction.
    struct Putting {
        Database& database;
        const CallContext& context;
        std::string session{};  // whose samples have been counted
        std::uint64_t samples = 0;

        template <class Bind>
        Result<void> one(std::string_view sql, Bind&& bind_values) {
            const auto done = database.execute(sql, bind_values, context);
            if (!done.ok()) return done.error();
            return {};
        }
        Result<void> operator()(const SessionRecord& record) { return versioned(kPutSession, record); }
        Result<void> operator()(const AttendeeRecord& record) { return versioned(kPutAttendee, record); }
        Result<void> operator()(const InvitationRecord& record) { return versioned(kPutInvitation, record); }
        Result<void> operator()(const MetricsRecord& record) { return plain(kPutMetrics, record); }
        Result<void> operator()(const IdempotencyRecord& record) { return plain(kPutIdempotency, record); }
        Result<void> operator()(const StoredOperation& operation) {
            return one(kPutOperation, [&](auto& statement) { statement.text(operation.id.view()).time(operation.at); });
        }
        Result<void> operator()(const OutboxEvent& event) {
            return one(kPutEvent, [&](auto& statement) {
                statement.integer(static_cast<std::int64_t>(event.cursor)).text(event.type).time(event.at);
                statement.text(event.session.view()).text(event.payload);
            });
        }
        Result<void> operator()(const StoredQuality& sample) {
            if (session != sample.record.session.view() || session.empty()) {
                const auto counted = count(sample.record.session);
                if (!counted) return counted;
            }
            if (sample.number < samples) return {};
            if (sample.number > samples)
                return error(Errc::conflict, "a quality sample lacks those before it: copy again from the beginning");
            ++samples;
            return plain(kPutQuality, sample.record);
        }
        Result<void> count(const SessionId& of) {
            session = of.str();
            return database.query(
                kCountQuality, [&](auto& statement) { statement.text(session); },
                [&](auto& row) { samples = static_cast<std::uint64_t>(row.integer()); }, context);
        }
        template <class Record>
        Result<void> versioned(std::string_view sql, const Record& record) {
            return one(sql, [&](auto& statement) { bind(statement, record, record.version); });
        }
        template <class Record>
        Result<void> plain(std::string_view sql, const Record& record) {
            return one(sql, [&](auto& statement) { bind(statement, record); });
        }
    };

    Database database_;
};

}  // namespace televisit::record_sql
