#pragma once
/// All records of the database in pages, for `televisitctl storage copy`.

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "connection_settings.hpp"
#include "failure.hpp"
#include "record_sql/transfer.hpp"

namespace televisit::storage_postgres {

/// The database as `record_sql::SqlTransfer` wants it. **Errors**: messages are for an operator.
class TransferDatabase {
  public:
    static constexpr char kMetricsRead[] =
        "id, session_id, (session_duration_minutes * 100)::bigint, total_participants, created_at";
    static constexpr std::string_view kLastCursor =
        "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('video_consultation_events', "
        "'cursor')::regclass), 0)";
    static constexpr std::array<std::string_view, 1> kSkipCursors{
        "SELECT setval(sequence, $1::bigint) FROM pg_get_serial_sequence('video_consultation_events', 'cursor') AS "
        "sequence WHERE $1::bigint > coalesce(pg_sequence_last_value(sequence::regclass), 0)"};

    static constexpr std::string_view kMark =
        "INSERT INTO schema_migrations (number, name, checksum) VALUES (0, 'unfinished_copy', '') "
        "ON CONFLICT (number) DO NOTHING";

    explicit TransferDatabase(const ConfigView& config);

    Result<void> open_source(const CallContext& context);
    /// Its schema is the administrator's to make.
    Result<void> open_target(const CallContext& context);

    template <class Bind, class Each>
    Result<void> query(std::string_view sql, Bind&& bind_values, Each&& each, const CallContext& context) {
        connection_->work_until(context.deadline);
        Statement statement(*connection_, sql);
        bind_values(statement);
        const auto reply = statement.run();
        if (!reply.ok()) return for_operator(failure(reply.state(), "read", Effect::read));
        for (std::size_t i = 0; i < reply.rows(); ++i) {
            auto row = reply.row(i);
            each(row);
            if (!row.sound()) return error(Errc::conflict, "the database: a row holds what this server never writes");
        }
        return {};
    }

    template <class Work>
    Result<void> in_transaction(const CallContext& context, Work&& work) {
        connection_->work_until(context.deadline);
        Transaction transaction(*connection_);
        if (const auto begun = transaction.begin(); !begun.ok())
            return for_operator(failure(begun.state(), "write", Effect::none));
        if (const auto done = work(); !done) return done;
        if (const auto done = transaction.commit(); !done.ok())
            return for_operator(failure(done.state(), "commit", Effect::unknown));
        return {};
    }

    template <class Bind>
    Result<std::int64_t> execute(std::string_view sql, Bind&& bind_values, const CallContext&) {
        Statement statement(*connection_, sql);
        bind_values(statement);
        return judged(statement.run());
    }

  private:
    Result<void> connect(const CallContext& context);
    static Result<std::int64_t> judged(const Reply& reply);

    ConnectionSettings settings_;
    std::unique_ptr<Connection> connection_;
};

using PostgresTransfer = record_sql::SqlTransfer<TransferDatabase>;

}  // namespace televisit::storage_postgres

extern template class televisit::record_sql::SqlTransfer<televisit::storage_postgres::TransferDatabase>;
