#pragma once
/// The schema of the file: the numbered migrations that this build carries, and what a file has seen of them.

#include <span>
#include <string>
#include <vector>

#include "connection.hpp"
#include "migrations/migration.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_sqlite {

using migrations::Applied;
using migrations::Migration;

/// All of them, numbered from 1 without gaps.
std::span<const Migration> known_migrations();

/// What the file has seen; nothing when it is empty. **Errors**: `conflict` for a file that holds something else;
/// otherwise those of `failure`.
Result<std::vector<Applied>> applied_migrations(Connection& connection, const std::string& file);

/// What a server does at its start: a file without tables gets all of them, any other must have them. `connection`
/// becomes one in WAL mode. A file that does not fit is left as it is. Answers the number of the last migration.
/// **Errors**: `conflict` for a file that holds something else, whose schema is older or newer than this build, or one
/// of whose migrations has another checksum: the message says what to do; otherwise those of `failure`.
Result<int> make_or_check(Connection& connection, std::span<const Migration> wanted, Instant now,
                          const std::string& file);

/// Applies what the file lacks, each in a transaction of its own, and notes each in `schema_migrations`. Of two at once
/// each migration is applied by one. **Errors**: as above, but for a schema that is older.
Result<void> migrate(Connection& connection, std::span<const Migration> wanted, Instant now, const std::string& file);

/// What `migrate` would run on a file with those, as a script for sqlite3.
std::string migration_script(std::span<const Migration> wanted, std::span<const Applied> applied);

}  // namespace televisit::storage_sqlite
