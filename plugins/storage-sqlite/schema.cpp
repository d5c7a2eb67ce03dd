#include "schema.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "failure.hpp"

namespace televisit::storage_sqlite {
namespace {

using migrations::label;
using migrations::misfit;

constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;\n";
constexpr char kTables[] = "SELECT name = 'schema_migrations' FROM sqlite_schema WHERE type = 'table' ORDER BY 1 DESC";
constexpr char kApplied[] = "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number";
constexpr char kNote[] = "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)";

Error refusal(const std::string& file, const std::string& what) {
    return error(Errc::conflict, file + what);
}

/// How many of those wanted the file has seen. It need not have any table.
Result<std::size_t> fitting(Connection& connection, std::span<const Migration> wanted, const std::string& file) {
    const auto applied = applied_migrations(connection, file);
    if (!applied.ok()) return applied.error();
    if (const auto reason = misfit(wanted, *applied)) return refusal(file, *reason);
    return applied->size();
}

Result<void> apply(Connection& connection, const Migration& migration, Instant now) {
    if (const int code = connection.run_script(kCreateTable + std::string(migration.sql)); code != SQLITE_OK)
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

Result<std::vector<Applied>> applied_migrations(Connection& connection, const std::string& file) {
    std::vector<Applied> applied;
    {
        auto tables = connection.statement(kTables);
        const int code = tables.step();
        if (code == SQLITE_DONE) return applied;
        if (code != SQLITE_ROW) return failure(code, "read the schema", Effect::none);
        if (!tables.row().flag()) return refusal(file, " is a database of something else: name another file in `path`");
    }
    auto rows = connection.statement(kApplied);
    for (int code = rows.step(); code != SQLITE_DONE; code = rows.step()) {
        if (code != SQLITE_ROW) return failure(code, "read the schema", Effect::none);
        auto row = rows.row();
        auto& one = applied.emplace_back();
        one.number = row.small_integer();
        one.name = row.text();
        one.checksum = row.text();
        one.at = row.time();
    }
    return applied;
}

Result<int> make_or_check(Connection& connection, std::span<const Migration> wanted, Instant now,
                          const std::string& file) {
    const auto found = fitting(connection, wanted, file);
    if (!found.ok()) return found.error();
    if (*found == 0) {
        if (const auto made = migrate(connection, wanted, now, file); !made) return made.error();
    } else if (*found < wanted.size()) {
        const auto& next = wanted[*found];
        return refusal(file, " lacks migration " + label(next.number, next.name) +
                                 ": make a backup, then run `televisitctl db migrate --config FILE`");
    } else if (const auto logged = use_log(connection, file); !logged) {
        return logged.error();
    }
    return static_cast<int>(wanted.size());
}

Result<void> migrate(Connection& connection, std::span<const Migration> wanted, Instant now, const std::string& file) {
    if (const auto found = fitting(connection, wanted, file); !found.ok()) return found.error();
    if (const auto logged = use_log(connection, file); !logged) return logged.error();
    for (;;) {
        Transaction transaction(connection);
        if (const int code = transaction.begin(); code != SQLITE_OK) return failure(code, "migrate", Effect::none);
        // Another one may have been faster.
        const auto found = fitting(connection, wanted, file);
        if (!found.ok()) return found.error();
        if (*found == wanted.size()) return {};
        if (const auto applied = apply(connection, wanted[*found], now); !applied) return applied.error();
        if (const int code = transaction.commit(); code != SQLITE_OK) return failure(code, "migrate", Effect::unknown);
    }
}

std::string migration_script(std::span<const Migration> wanted, std::span<const Applied> applied) {
    std::string script;
    for (const auto& migration : wanted.subspan(std::min(applied.size(), wanted.size())))
        script.append("BEGIN IMMEDIATE;\n")
            .append(kCreateTable)
            .append(migration.sql)
            .append("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (")
            .append(std::to_string(migration.number))
            .append(", '")
            .append(migration.name)
            .append("', '")
            .append(migration.checksum)
            .append("', unixepoch() * 1000000);\nCOMMIT;\n");
    return script;
}

}  // namespace televisit::storage_sqlite
