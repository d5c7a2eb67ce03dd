#pragma once
/// The schema of the database: the numbered migrations that this build carries, and bringing a database up to them.

#include <span>
#include <string>
#include <vector>

#include "connection.hpp"
#include "migrations/migration.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_postgres {

using migrations::Applied;
using migrations::Migration;

/// All of them, numbered from 1 without gaps.
std::span<const Migration> known_migrations();

/// What the database has seen. **Errors**: those of `failure`; `conflict` for tables that no server of this kind made.
Result<std::vector<Applied>> applied_migrations(Connection& connection);

/// Whether records can be kept in it as it is. **Errors**: those of `applied_migrations`; `conflict` when the schema is
/// not there, too old, too new or altered: the message says what to do.
Result<void> check_schema(Connection& connection, std::span<const Migration> wanted);

/// The same for what it has seen.
Result<void> check_applied(std::span<const Migration> wanted, std::span<const Applied> applied);

/// Applies what the database lacks, each in a transaction of its own, and notes each in `schema_migrations`. A second
/// runner waits for the first. **Errors**: as `check_schema`; a migration that fails leaves those before it.
Result<void> migrate(Connection& connection, std::span<const Migration> wanted);

/// What `migrate` would run on a database with those, as a script for psql.
std::string migration_script(std::span<const Migration> wanted, std::span<const Applied> applied);

}  // namespace televisit::storage_postgres
