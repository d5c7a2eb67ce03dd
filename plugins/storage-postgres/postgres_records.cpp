#include "postgres_records.hpp"

#include "failure.hpp"
#include "lookup.hpp"
#include "record_sql/sql_text.hpp"
#include "schema.hpp"
#include "writes.hpp"

namespace televisit::storage_postgres {
namespace {

using record_sql::sql;

/// So many rows go in one step of pruning: a few milliseconds.
constexpr int kPrunedAtOnce = 500;

constexpr auto kTouchOperation =
    sql("UPDATE video_consultation_operations SET committed_at = committed_at WHERE id = $1");
constexpr auto kPruneOperations =
    sql("DELETE FROM video_consultation_operations WHERE id IN (SELECT id FROM video_consultation_operations "
        "WHERE committed_at < $1 LIMIT $2)");
constexpr auto kPruneIdempotency =
    sql("DELETE FROM video_consultation_idempotency_keys WHERE key_hash IN (SELECT key_hash FROM "
        "video_consultation_idempotency_keys WHERE expires_at < $1 LIMIT $2)");
constexpr auto kPruneEvents =
    sql("DELETE FROM video_consultation_events WHERE cursor IN (SELECT cursor FROM video_consultation_events "
        "WHERE at < $1 LIMIT $2)");

/// Whether a COMMIT that failed like this has certainly not taken place: PostgreSQL has said why it did not.
bool is_undone(const SqlState& state) noexcept {
    for (const std::string_view unclear : {kLost, kLate, "08", "57P", "58", "XX"})
        if (state.starts_with(unclear)) return false;
    return true;
}

/// Whether it has been committed, and is as safe as all that is acknowledged: a commit of its own waits for whatever
/// that one should have waited for, such as a synchronous standby. Ends the transaction when it was.
Result<bool> is_safe(Connection& connection, Transaction& transaction, const OperationId& operation) {
    Statement statement(connection, kTouchOperation);
    const auto reply = statement.text(operation.view()).run();
    if (!reply.ok()) return failure(reply.state(), "look for an operation", Effect::read);
    if (reply.affected() == 0) return false;
    if (const auto done = transaction.commit(); !done.ok())
        return failure(done.state(), "look for an operation", Effect::unknown);
    return true;
}

Result<CommitOutcome> committed_before(Connection& connection, Transaction& transaction, const OperationId& operation) {
    const auto safe = is_safe(connection, transaction, operation);
    if (!safe.ok()) return safe.error();
    return CommitOutcome{true, 0};
}

/// Whether nobody can write that operation any more: a transaction that was cut off from its caller may still go on
/// over there, and holds the id until it has ended.
Result<bool> is_settled_without(Connection& connection, const OperationId& operation, Instant now) {
    Transaction transaction(connection);
    if (const auto begun = transaction.begin(); !begun.ok())
        return failure(begun.state(), "look for an operation", Effect::read);
    const auto tried = write_operation(connection, operation, now);
    if (tried.state == WriteState::failed) return failure(tried.code, "look for an operation", Effect::read);
    return tried.state == WriteState::done;
}

}  // namespace

Result<void> PostgresRecords::open(const CallContext& context) {
    auto connection = pool_.take(context.deadline, "open");
    if (!connection.ok()) {
        auto refused = std::move(connection).error();
        if (refused.code != Errc::conflict) refused.message = "cannot use the database: " + refused.detail;
        return refused;
    }
    auto checked = check_schema(**connection, known_migrations());
    if (!checked && checked.error().code != Errc::conflict)
        checked.error().message = "cannot read the schema: " + checked.error().detail;
    return checked;
}

Result<CommitOutcome> PostgresRecords::commit(const RecordBatch& batch, const CallContext& context) {
    return in_tries(pool_, context.deadline, "commit",
                    [&](Connection& connection) { return commit_once(connection, batch); });
}

Result<CommitOutcome> PostgresRecords::commit_once(Connection& connection, const RecordBatch& batch) const {
    Transaction transaction(connection);
    if (const auto begun = transaction.begin(); !begun.ok()) return failure(begun.state(), "commit", Effect::none);
    if (!batch.operation.empty()) {
        const auto first = write_operation(connection, batch.operation, batch.now);
        if (first.state == WriteState::failed) return failure(first.code, "note an operation", Effect::none);
        if (first.state == WriteState::refused) return committed_before(connection, transaction, batch.operation);
    }
    const auto outcome = write_all(connection, batch);
    if (!outcome.ok() || !outcome->committed) return outcome;
    if (const auto done = transaction.commit(); !done.ok())
        return failure(done.state(), "commit", is_undone(done.state()) ? Effect::none : Effect::unknown);
    return outcome;
}

Result<CommitOutcome> PostgresRecords::write_all(Connection& connection, const RecordBatch& batch) const {
    for (std::size_t i = 0; i < batch.writes.size(); ++i) {
        const auto written = write(connection, batch.writes[i], batch.now, quality_kept_);
        if (written.state == WriteState::refused) return CommitOutcome{false, i};
        if (written.state == WriteState::failed) return failure(written.code, "commit", Effect::none);
    }
    for (const auto& event : batch.events)
        if (const auto written = write_event(connection, event); written.state != WriteState::done)
            return failure(written.code, "write an event", Effect::none);
    return CommitOutcome{true, 0};
}

Result<bool> PostgresRecords::was_committed(const OperationId& operation, const CallContext& context) {
    return in_tries(pool_, context.deadline, "was_committed", [&](Connection& connection) -> Result<bool> {
        {
            Transaction transaction(connection);
            if (const auto begun = transaction.begin(); !begun.ok())
                return failure(begun.state(), "look for an operation", Effect::read);
            auto known = is_safe(connection, transaction, operation);
            if (!known.ok() || *known) return known;
        }
        const auto without = is_settled_without(connection, operation, Instant{});
        if (!without.ok()) return without.error();
        return !*without;
    });
}

Result<void> PostgresRecords::prune(Instant before, const CallContext& context) {
    for (const std::string_view text :
         {std::string_view(kPruneOperations), std::string_view(kPruneIdempotency), std::string_view(kPruneEvents)}) {
        for (std::int64_t pruned = kPrunedAtOnce; pruned == kPrunedAtOnce;) {
            const auto step =
                in_tries(pool_, context.deadline, "prune", [&](Connection& connection) -> Result<std::int64_t> {
                    Statement statement(connection, text);
                    const auto reply = statement.time(before).integer(kPrunedAtOnce).run();
                    // If the rows are gone all the same, no harm is done: the next round finds fewer.
                    if (!reply.ok()) return failure(reply.state(), "prune", Effect::none);
                    return reply.affected();
                });
            if (!step.ok()) return step.error();
            pruned = *step;
        }
    }
    return {};
}

}  // namespace televisit::storage_postgres
