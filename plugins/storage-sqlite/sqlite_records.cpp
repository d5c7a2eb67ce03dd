#include "sqlite_records.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "database_file.hpp"
#include "failure.hpp"
#include "record_sql/sql_text.hpp"
#include "writes.hpp"

namespace televisit::storage_sqlite {
namespace {

using record_sql::sql;

/// So many rows go in one step of pruning: a few milliseconds.
constexpr int kPrunedAtOnce = 500;

constexpr auto kOperation = sql("SELECT 1 FROM video_consultation_operations WHERE id = ?");
constexpr auto kPruneOperations =
    sql("DELETE FROM video_consultation_operations WHERE rowid IN (SELECT rowid FROM video_consultation_operations "
        "WHERE committed_at < ? LIMIT ?)");
constexpr auto kPruneIdempotency =
    sql("DELETE FROM video_consultation_idempotency_keys WHERE rowid IN (SELECT rowid FROM "
        "video_consultation_idempotency_keys WHERE expires_at < ? LIMIT ?)");
constexpr auto kPruneEvents =
    sql("DELETE FROM video_consultation_events WHERE cursor IN (SELECT cursor FROM video_consultation_events "
        "WHERE at < ? LIMIT ?)");

int limit_size(Connection& connection, std::size_t bytes) {
    if (bytes == 0) return SQLITE_OK;
    std::int64_t page = 0;
    {
        auto size = connection.statement("PRAGMA page_size");
        if (const int code = size.step(); code != SQLITE_ROW) return code;
        page = size.row().integer();
    }
    const auto pages = std::max<std::int64_t>(static_cast<std::int64_t>(bytes) / page, 1);
    return connection.run_script("PRAGMA max_page_count = " + std::to_string(pages));
}

}  // namespace

Result<SqliteRecords::Opened> SqliteRecords::open(Instant now) {
    const auto shared = prepare_file(options_.file);
    if (!shared.ok()) return shared.error();
    const auto connect = [this](Connection::Use use) {
        return Connection::open(options_.file, use, options_.busy_timeout);
    };
    auto writer = connect(Connection::Use::write);
    if (!writer.ok()) return writer.error();
    const auto schema = make_or_check(**writer, known_migrations(), now, options_.file);
    if (!schema.ok()) return schema.error();
    if (const int code = limit_size(**writer, options_.max_size); code != SQLITE_OK)
        return failure(code, "limit the size", Effect::none);
    writer_.add(std::move(*writer));
    auto keeper = connect(Connection::Use::write);
    if (!keeper.ok()) return keeper.error();
    keeper_.add(std::move(*keeper));
    for (std::size_t i = 0; i < options_.readers; ++i) {
        auto reader = connect(Connection::Use::read);
        if (!reader.ok()) return reader.error();
        readers_.add(std::move(*reader));
    }
    return Opened{*schema, *shared};
}

void SqliteRecords::close() {
    readers_.clear();
    keeper_.clear();
    writer_.clear();
}

Result<void> SqliteRecords::checkpoint(const CallContext& context) {
    auto connection = keeper_.take(context.deadline);
    if (!connection) return no_connection("checkpoint");
    const int code = (*connection)->checkpoint();
    // Busy: another process does it right now.
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return failure(code, "checkpoint", Effect::none);
    return {};
}

Result<CommitOutcome> SqliteRecords::commit(const RecordBatch& batch, const CallContext& context) {
    auto connection = writer_.take(context.deadline);
    if (!connection) return no_connection("commit");
    Transaction transaction(**connection);
    if (const int code = transaction.begin(); code != SQLITE_OK) return failure(code, "commit", Effect::none);
    if (!batch.operation.empty()) {
        const auto known = has_operation(**connection, batch.operation);
        if (!known.ok()) return known.error();
        if (*known) return CommitOutcome{true, 0};
    }
    const auto outcome = write_all(**connection, batch);
    if (!outcome.ok() || !outcome->committed) return outcome;
    if ((*connection)->late()) return failure(SQLITE_INTERRUPT, "commit", Effect::none);
    if (const int code = transaction.commit(); code != SQLITE_OK) return failure(code, "commit", Effect::unknown);
    return outcome;
}

Result<CommitOutcome> SqliteRecords::write_all(Connection& connection, const RecordBatch& batch) const {
    for (std::size_t i = 0; i < batch.writes.size(); ++i) {
        const auto written = write(connection, batch.writes[i], batch.now, options_.quality_per_session);
        if (written.state == WriteState::refused) return CommitOutcome{false, i};
        if (written.state == WriteState::failed) return failure(written.code, "commit", Effect::none);
    }
    for (const auto& event : batch.events)
        if (const auto written = write_event(connection, event); written.state != WriteState::done)
            return failure(written.code, "write an event", Effect::none);
    if (!batch.operation.empty())
        if (const auto written = write_operation(connection, batch.operation, batch.now);
            written.state != WriteState::done)
            return failure(written.code, "note an operation", Effect::none);
    return CommitOutcome{true, 0};
}

Result<bool> SqliteRecords::has_operation(Connection& connection, const OperationId& operation) const {
    auto statement = connection.statement(kOperation);
    const int code = statement.text(operation.view()).step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return failure(code, "look for an operation", Effect::none);
    return code == SQLITE_ROW;
}

Result<bool> SqliteRecords::was_committed(const OperationId& operation, const CallContext& context) {
    auto connection = readers_.take(context.deadline);
    if (!connection) return no_connection("was_committed");
    return has_operation(**connection, operation);
}

/// One step of pruning, in a transaction of its own. How many rows are gone.
Result<int> SqliteRecords::prune_some(std::string_view sql, Instant before, const CallContext& context) {
    auto connection = writer_.take(context.deadline);
    if (!connection) return no_connection("prune");
    auto statement = (*connection)->statement(sql);
    const int code = statement.time(before).integer(kPrunedAtOnce).step();
    // If the rows are gone all the same, no harm is done: the next round finds fewer.
    if (code != SQLITE_DONE) return failure(code, "prune", Effect::none);
    return (*connection)->changes();
}

Result<void> SqliteRecords::prune(Instant before, const CallContext& context) {
    for (const std::string_view sql :
         {std::string_view(kPruneOperations), std::string_view(kPruneIdempotency), std::string_view(kPruneEvents)}) {
        for (int changed = kPrunedAtOnce; changed == kPrunedAtOnce;) {
            const auto pruned = prune_some(sql, before, context);
            if (!pruned.ok()) return pruned.error();
            changed = *pruned;
        }
    }
    return {};
}

}  // namespace televisit::storage_sqlite
