#include "sqlite_schema.hpp"

#include <chrono>
#include <filesystem>

#include "database_file.hpp"
#include "schema.hpp"

namespace televisit::storage_sqlite {
namespace {

constexpr std::chrono::seconds kBusyTimeout{2};

Result<std::vector<Applied>> applied_in(const std::string& file, SteadyTime deadline) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return std::vector<Applied>{};
    auto connection = Connection::open(file, Connection::Use::read, kBusyTimeout);
    if (!connection.ok()) return connection.error();
    (*connection)->work_until(deadline);
    return applied_migrations(**connection, file);
}

/// The messages of the store are for patients; these are for an operator.
Error for_operator(const std::string& file, Error failure) {
    if (!failure.detail.empty()) failure.message = file + ": " + failure.detail;
    return failure;
}

}  // namespace

Result<SchemaState> SqliteSchema::state(const CallContext& context) {
    auto applied = applied_in(file_, context.deadline);
    if (!applied.ok()) return for_operator(file_, std::move(applied).error());
    return migrations::state_of(known_migrations(), *applied);
}

Result<std::string> SqliteSchema::script(const CallContext& context) {
    auto applied = applied_in(file_, context.deadline);
    if (!applied.ok()) return for_operator(file_, std::move(applied).error());
    if (auto state = migrations::state_of(known_migrations(), *applied); !state.misfit.empty())
        return error(Errc::conflict, std::move(state.misfit));
    return migration_script(known_migrations(), *applied);
}

Result<void> SqliteSchema::migrate(const CallContext& context) {
    if (auto prepared = prepare_file(file_); !prepared.ok()) return for_operator(file_, std::move(prepared).error());
    auto connection = Connection::open(file_, Connection::Use::write, kBusyTimeout);
    if (!connection.ok()) return for_operator(file_, std::move(connection).error());
    (*connection)->work_until(context.deadline);
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto done = storage_sqlite::migrate(**connection, known_migrations(), now, file_);
    if (!done) return for_operator(file_, std::move(done).error());
    return done;
}

}  // namespace televisit::storage_sqlite
