#include "writes.hpp"

#include <variant>

#include "record_sql/rows.hpp"
#include "statements.hpp"

namespace televisit::storage_postgres {
namespace {

using namespace record_sql;

constexpr char kUniqueViolation[] = "23505";
constexpr char kForeignKeyViolation[] = "23503";

WriteOutcome done_or_failed(const Reply& reply) {
    return reply.ok() ? WriteOutcome{} : WriteOutcome{WriteState::failed, reply.state()};
}

/// A row that is not there in the version expected, a key that is taken, a session that is gone: all are refusals.
WriteOutcome judge(const Reply& reply) {
    if (reply.ok()) return {reply.affected() == 1 ? WriteState::done : WriteState::refused, {}};
    if (reply.state() == kUniqueViolation || reply.state() == kForeignKeyViolation) return {WriteState::refused, {}};
    return {WriteState::failed, reply.state()};
}

class Writer {
  public:
    Writer(Connection& connection, Instant now, std::size_t quality_kept)
        : connection_(connection), now_(now), quality_kept_(quality_kept) {}

    WriteOutcome operator()(const VersionedWrite<SessionRecord>& write) const {
        return versioned(write, kInsertSession, kUpdateSession);
    }
    WriteOutcome operator()(const VersionedWrite<AttendeeRecord>& write) const {
        return versioned(write, kInsertAttendee, kUpdateAttendee);
    }
    WriteOutcome operator()(const VersionedWrite<InvitationRecord>& write) const {
        return versioned(write, kInsertInvitation, kUpdateInvitation);
    }
    WriteOutcome operator()(const MetricsRecord& record) const { return plain(record, kInsertMetrics); }
    WriteOutcome operator()(const QualityRecord& record) const {
        const auto added = plain(record, kInsertQuality);
        if (added.state != WriteState::done) return added;
        Statement statement(connection_, kTrimQuality);
        return done_or_failed(statement.text(record.session.view()).limit(quality_kept_).run());
    }
    WriteOutcome operator()(const IdempotencyRecord& record) const {
        Statement statement(connection_, kInsertIdempotency);
        bind(statement, record);
        return judge(statement.time(now_).run());
    }
    WriteOutcome operator()(const SessionRemoval& removal) const {
        Statement statement(connection_, kRemoveSession);
        return judge(statement.text(removal.session.view()).integer(removal.expected).run());
    }
    WriteOutcome operator()(const QualityRemoval& removal) const {
        Statement statement(connection_, kRemoveQuality);
        return done_or_failed(statement.text(removal.session.view()).run());
    }

  private:
    template <class Record>
    WriteOutcome versioned(const VersionedWrite<Record>& write, std::string_view insert,
                           std::string_view update) const {
        Statement statement(connection_, write.expected == 0 ? insert : update);
        bind(statement, write.record, write.expected + 1);
        return judge(statement.run());
    }
    template <class Record>
    WriteOutcome plain(const Record& record, std::string_view insert) const {
        Statement statement(connection_, insert);
        bind(statement, record);
        return judge(statement.run());
    }

    Connection& connection_;
    Instant now_;
    std::size_t quality_kept_;
};

}  // namespace

WriteOutcome write(Connection& connection, const RecordWrite& write, Instant now, std::size_t quality_kept) {
    return std::visit(Writer(connection, now, quality_kept), write);
}

WriteOutcome write_event(Connection& connection, const OutboxEvent& event) {
    Statement statement(connection, kInsertEvent);
    statement.text(event.type).time(event.at).text(event.session.view()).text(event.payload);
    return judge(statement.run());
}

WriteOutcome write_operation(Connection& connection, const OperationId& operation, Instant now) {
    Statement statement(connection, kInsertOperation);
    return judge(statement.text(operation.view()).time(now).run());
}

}  // namespace televisit::storage_postgres
