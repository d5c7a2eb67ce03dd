#include "sqlite_schema.hpp"

#include <filesystem>

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

}  // namespace

Result<SchemaState> SqliteSchema::state(const CallContext& context) {
    auto applied = applied_in(file_, context.deadline);
    if (!applied.ok()) {
        if (!applied.error().detail.empty()) applied.error().message = file_ + ": " + applied.error().detail;
        return applied.error();
    }
    return migrations::state_of(known_migrations(), *applied);
}

Result<std::string> SqliteSchema::script(const CallContext& context) {
    const auto applied = applied_in(file_, context.deadline);
    if (!applied.ok()) return applied.error();
    std::string script;
    for (const auto& migration : known_migrations())
        if (static_cast<std::size_t>(migration.number) > applied->size()) script += migration.sql;
    return script;
}

Result<void> SqliteSchema::migrate(const CallContext&) {
    return error(Errc::conflict, "the server itself brings " + file_ + " up, at its next start");
}

}  // namespace televisit::storage_sqlite
