#pragma once
/// All records of the file in pages, for `televisitctl storage copy`.

#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "failure.hpp"
#include "record_sql/transfer.hpp"

namespace televisit::storage_sqlite {

/// The file as `record_sql::SqlTransfer` wants it. **Errors**: messages are for an operator.
class TransferFile {
  public:
    static constexpr auto& kMetricsRead = record_sql::kMetricsColumns;
    static constexpr std::string_view kLastCursor =
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'video_consultation_events'";
    static constexpr std::array<std::string_view, 2> kSkipCursors{
        "UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = 'video_consultation_events'",
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'video_consultation_events', $1 WHERE NOT EXISTS "
        "(SELECT 1 FROM sqlite_sequence WHERE name = 'video_consultation_events')"};

    static constexpr std::string_view kMark =
        "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (0, 'unfinished_copy', '', 0) "
        "ON CONFLICT (number) DO NOTHING";

    explicit TransferFile(const ConfigView& config) : file_(config.string("path")) {}

    /// A file that is not there is not made.
    Result<void> open_source(const CallContext& context);
    /// Makes the file when it is not there; one of an older schema is refused.
    Result<void> open_target(const CallContext& context);

    template <class Bind, class Each>
    Result<void> query(std::string_view sql, Bind&& bind_values, Each&& each, const CallContext& context) {
        connection_->work_until(context.deadline);
        auto statement = connection_->statement(sql);
        bind_values(statement);
        for (int code = statement.step(); code != SQLITE_DONE; code = statement.step()) {
            if (code != SQLITE_ROW) return told(failure(code, "read", Effect::read));
            auto row = statement.row();
            each(row);
            if (!row.sound()) return error(Errc::conflict, file_ + ": a row holds what this server never writes");
        }
        return {};
    }

    template <class Work>
    Result<void> in_transaction(const CallContext& context, Work&& work) {
        connection_->work_until(context.deadline);
        Transaction transaction(*connection_);
        if (const int code = transaction.begin(); code != SQLITE_OK) return told(failure(code, "write", Effect::none));
        if (const auto done = work(); !done) return done;
        if (const int code = transaction.commit(); code != SQLITE_OK)
            return told(failure(code, "commit", Effect::unknown));
        return {};
    }

    template <class Bind>
    Result<std::int64_t> execute(std::string_view sql, Bind&& bind_values, const CallContext&) {
        auto statement = connection_->statement(sql);
        bind_values(statement);
        return judged(statement.step());
    }

  private:
    Error told(Error failure) const;
    /// Whether a connection is on the file of a copy that was begun, and the schema fits.
    Result<bool> was_begun(Connection& connection) const;
    Result<std::int64_t> judged(int code) const;

    std::string file_;
    std::unique_ptr<Connection> connection_;
};

using SqliteTransfer = record_sql::SqlTransfer<TransferFile>;

}  // namespace televisit::storage_sqlite

extern template class televisit::record_sql::SqlTransfer<televisit::storage_sqlite::TransferFile>;
