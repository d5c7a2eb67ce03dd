#include "schema.hpp"

#include <sqlite3.h>

#include <optional>
#include <vector>

#include "failure.hpp"

namespace televisit::storage_sqlite {
namespace {

constexpr char kCreateTable[] =
    "CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, "
    "applied_at INTEGER NOT NULL) STRICT";
constexpr char kTables[] = "SELECT name = 'schema_migrations' FROM sqlite_schema WHERE type = 'table' ORDER BY 1 DESC";
constexpr char kApplied[] = "SELECT number, name, checksum FROM schema_migrations ORDER BY number";
constexpr char kNote[] = "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)";

Error refusal(const std::string& file, const std::string& what) {
    return error(Errc::conflict, file + what);
}

/// As in the name of its file.
std::string four_digits(int number) {
    const auto digits = std::to_string(number);
    return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

std::string label(int number, std::string_view name) {
    return four_digits(number) + '_' + std::string(name);
}

/// What is in the file.
struct Found {
    bool empty = true;
    int applied = 0;
};

Result<Found> look(Connection& connection, std::span<const Migration> wanted, const std::string& file) {
    {
        auto tables = connection.statement(kTables);
        const int code = tables.step();
        if (code == SQLITE_DONE) return Found{};
        if (code != SQLITE_ROW) return failure(code, "read the schema", Effect::none);
        if (!tables.row().flag()) return refusal(file, " is a database of something else: name another file in `path`");
    }
    Found found{false, 0};
    auto applied = connection.statement(kApplied);
    for (int code = applied.step(); code != SQLITE_DONE; code = applied.step()) {
        if (code != SQLITE_ROW) return failure(code, "read the schema", Effect::none);
        auto row = applied.row();
        const auto number = row.small_integer();
        const auto name = row.text();
        if (number != ++found.applied)
            return refusal(file, " lacks migration " + four_digits(found.applied) + ": restore it from a backup");
        if (static_cast<std::size_t>(number) > wanted.size())
            return refusal(file, " has the schema of a newer server (" + label(number, name) +
                                     "): start that server again, or restore the backup made before it was installed");
        if (const auto& known = wanted[static_cast<std::size_t>(number) - 1]; row.text() != known.checksum)
            return refusal(file, ": migration " + label(number, name) +
                                     " was another one than this server's: start the server that made the file");
    }
    return found;
}

Result<void> apply(Connection& connection, const Migration& migration, Instant now) {
    if (const int code = connection.run_script(std::string(migration.sql)); code != SQLITE_OK)
        return failure(code, "apply " + label(migration.number, migration.name), Effect::none);
    auto note = connection.statement(kNote);
    const int code = note.integer(migration.number).text(migration.name).text(migration.checksum).time(now).step();
    if (code != SQLITE_DONE) return failure(code, "note a migration", Effect::none);
    return {};
}

Result<void> use_log(Connection& connection, const std::string& file) {
    for (int waits = 0;; ++waits) {
        auto mode = connection.statement("PRAGMA journal_mode = WAL");
        const int code = mode.step();
        // SQLite does not wait by itself while another server makes the same switch.
        if (code == SQLITE_BUSY && connection.wait_for_lock(waits)) continue;
        if (code != SQLITE_ROW) return failure(code, "switch to WAL", Effect::none);
        if (mode.row().text() == "wal") return {};
        return refusal(file, " lies where SQLite cannot keep a write-ahead log: name a file on a local disk");
    }
}

}  // namespace

Result<int> bring_up(Connection& connection, std::span<const Migration> wanted, Instant now, const std::string& file) {
    if (const auto found = look(connection, wanted, file); !found.ok()) return found.error();
    if (const auto logged = use_log(connection, file); !logged) return logged.error();

    Transaction transaction(connection);
    if (const int code = transaction.begin(); code != SQLITE_OK) return failure(code, "migrate", Effect::none);
    // Another server may have been faster.
    const auto found = look(connection, wanted, file);
    if (!found.ok()) return found.error();
    if (found->empty)
        if (const int code = connection.run(kCreateTable); code != SQLITE_OK)
            return failure(code, "migrate", Effect::none);
    for (const auto& migration : wanted.subspan(static_cast<std::size_t>(found->applied)))
        if (const auto applied = apply(connection, migration, now); !applied) return applied.error();
    if (const int code = transaction.commit(); code != SQLITE_OK) return failure(code, "migrate", Effect::unknown);
    return static_cast<int>(wanted.size());
}

}  // namespace televisit::storage_sqlite
