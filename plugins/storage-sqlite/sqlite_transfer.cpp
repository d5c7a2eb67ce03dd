#include "sqlite_transfer.hpp"

#include <chrono>
#include <filesystem>

#include "database_file.hpp"
#include "schema.hpp"

namespace televisit::storage_sqlite {
namespace {

constexpr std::chrono::seconds kBusyTimeout{10};

Instant this_moment() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace

Error TransferFile::told(Error failure) const {
    if (!failure.detail.empty()) failure.message = file_ + ": " + failure.detail;
    return failure;
}

Result<std::int64_t> TransferFile::judged(int code) const {
    switch (code) {
        case SQLITE_DONE:
            return std::int64_t{connection_->changes()};
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return error(Errc::conflict, file_ + ": a record does not fit those that are there");
        default:
            return told(failure(code, "write", Effect::none));
    }
}

Result<void> TransferFile::open_source(const CallContext& context) {
    std::error_code ignored;
    if (!std::filesystem::exists(file_, ignored)) return error(Errc::conflict, "there is no file " + file_);
    auto connection = Connection::open(file_, Connection::Use::read, kBusyTimeout);
    if (!connection.ok()) return told(std::move(connection).error());
    (*connection)->work_until(context.deadline);
    const auto wanted = known_migrations();
    const auto applied = applied_migrations(**connection, file_);
    if (!applied.ok()) return told(applied.error());
    if (const auto reason = migrations::misfit(wanted, *applied)) return error(Errc::conflict, file_ + *reason);
    if (applied->size() < wanted.size())
        return error(Errc::conflict, file_ +
                                         " has the schema of an older server: make a backup, then run "
                                         "`televisitctl db migrate --config FILE`");
    connection_ = std::move(*connection);
    return {};
}

Result<bool> TransferFile::was_begun(Connection& connection) const {
    const auto applied = applied_migrations(connection, file_);
    if (!applied.ok()) return applied.error();
    const auto rest = migrations::without_mark(*applied);
    if (rest.size() == applied->size()) return false;
    const auto wanted = known_migrations();
    if (const auto reason = migrations::misfit(wanted, rest)) return error(Errc::conflict, file_ + *reason);
    if (rest.size() == wanted.size()) return true;
    return error(Errc::conflict, file_ + " is the target of a copy by an older server, which was not finished");
}

Result<void> TransferFile::open_target(const CallContext& context) {
    if (const auto prepared = prepare_file(file_); !prepared.ok()) return told(prepared.error());
    auto connection = Connection::open(file_, Connection::Use::write, kBusyTimeout);
    if (!connection.ok()) return told(std::move(connection).error());
    (*connection)->work_until(context.deadline);
    const auto begun = was_begun(**connection);
    if (!begun.ok()) return told(begun.error());
    if (*begun) {
        connection_ = std::move(*connection);
        return {};
    }
    const auto schema = make_or_check(**connection, known_migrations(), this_moment(), file_);
    if (!schema.ok()) return told(schema.error());
    connection_ = std::move(*connection);
    return {};
}

}  // namespace televisit::storage_sqlite

template class televisit::record_sql::SqlTransfer<televisit::storage_sqlite::TransferFile>;
