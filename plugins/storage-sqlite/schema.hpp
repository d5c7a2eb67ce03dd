#pragma once
/// The schema of the file: the numbered migrations that this build carries, and bringing a file up to them.

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

/// Applies what the file lacks, all of it in one transaction, and notes each in `schema_migrations`. `connection`
/// becomes one in WAL mode. A file that does not fit is left as it is. Answers the number of the last migration.
/// **Errors**: `conflict` for a file that holds something else, whose schema is newer than this build, or one of whose
/// migrations has another checksum: the message says what to do; otherwise those of `failure`.
Result<int> bring_up(Connection& connection, std::span<const Migration> wanted, Instant now, const std::string& file);

}  // namespace televisit::storage_sqlite
