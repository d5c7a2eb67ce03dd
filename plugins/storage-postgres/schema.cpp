#include "schema.hpp"

#include "failure.hpp"

namespace televisit::storage_postgres {
namespace {

using migrations::label;
using migrations::misfit;

constexpr char kLook[] =
    "SELECT to_regclass('schema_migrations') IS NOT NULL, to_regclass('video_consultation_sessions') IS NOT NULL";
constexpr char kApplied[] = "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number";
constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, "
    "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());\n";
/// Only runners of migrations take this one. A migration waits for nobody's lock for long, since others wait behind it.
constexpr char kAlone[] =
    "SET statement_timeout = 0; SET lock_timeout = '60s'; SELECT pg_advisory_lock(hashtext('televisit.migrations'))";
constexpr char kNoLongerAlone[] = "SELECT pg_advisory_unlock(hashtext('televisit.migrations'))";

Error refusal(const std::string& what) {
    return error(Errc::conflict, "the database" + what);
}

std::string note(const Migration& migration) {
    return "INSERT INTO schema_migrations (number, name, checksum) VALUES (" + std::to_string(migration.number) +
           ", '" + std::string(migration.name) + "', '" + std::string(migration.checksum) + "');\n";
}

Result<void> apply(Connection& connection, const Migration& migration) {
    const auto doing = "apply " + label(migration.number, migration.name);
    Transaction transaction(connection);
    auto reply = transaction.begin();
    if (reply.ok()) reply = connection.run(kCreateTable + std::string(migration.sql));
    if (reply.ok()) reply = connection.run(note(migration));
    if (!reply.ok()) return failure(reply.state(), doing, Effect::none);
    if (const auto done = transaction.commit(); !done.ok()) return failure(done.state(), doing, Effect::unknown);
    return {};
}

}  // namespace

Result<std::vector<Applied>> applied_migrations(Connection& connection) {
    const auto look = Statement(connection, kLook).run();
    if (!look.ok()) return failure(look.state(), "read the schema", Effect::read);
    auto tables = look.row(0);
    const bool noted = tables.flag();
    if (!noted && tables.flag())
        return refusal(
            " has tables of an earlier service, or of migrations that are not noted in schema_migrations: "
            "see migrations/from-chime, or name an empty database");
    std::vector<Applied> applied;
    if (!noted) return applied;
    const auto rows = Statement(connection, kApplied).run();
    if (!rows.ok()) return failure(rows.state(), "read the schema", Effect::read);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        auto row = rows.row(i);
        auto& one = applied.emplace_back();
        one.number = row.small_integer();
        one.name = row.text();
        one.checksum = row.text();
        one.at = row.optional_time();
    }
    return applied;
}

Result<void> check_schema(Connection& connection, std::span<const Migration> wanted) {
    const auto applied = applied_migrations(connection);
    if (!applied.ok()) return applied.error();
    return check_applied(wanted, *applied);
}

Result<void> check_applied(std::span<const Migration> wanted, std::span<const Applied> applied) {
    if (const auto reason = misfit(wanted, applied)) return refusal(*reason);
    if (applied.size() == wanted.size()) return {};
    const auto& next = wanted[applied.size()];
    return refusal(" lacks migration " + label(next.number, next.name) +
                   ": make a backup, then run `televisitctl db migrate --config FILE`");
}

Result<void> migrate(Connection& connection, std::span<const Migration> wanted) {
    if (const auto reply = connection.run(kAlone); !reply.ok())
        return failure(reply.state(), "wait for another migration", Effect::none);
    const auto applied = applied_migrations(connection);
    if (!applied.ok()) return applied.error();
    if (const auto reason = misfit(wanted, *applied)) return refusal(*reason);
    for (const auto& migration : wanted.subspan(applied->size()))
        if (const auto done = apply(connection, migration); !done) return done;
    connection.run(kNoLongerAlone);
    return {};
}

std::string migration_script(std::span<const Migration> wanted, std::span<const Applied> applied) {
    std::string script;
    for (const auto& migration : wanted.subspan(std::min(applied.size(), wanted.size())))
        script.append("BEGIN;\n")
            .append(kCreateTable)
            .append(migration.sql)
            .append(note(migration))
            .append("COMMIT;\n");
    return script;
}

}  // namespace televisit::storage_postgres
