#pragma once
/// The schema of the file: the numbered migrations that this build carries, and bringing a file up to them.

#include <span>
#include <string>
#include <string_view>

#include "connection.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::storage_sqlite {

/// One file of migrations/sqlite/, as it was when this was built.
struct Migration {
    int number;
    std::string_view name;
    std::string_view checksum;  ///< SHA-256 of the file, in hex
    std::string_view sql;
};

/// All of them, numbered from 1 without gaps.
std::span<const Migration> migrations();

/// Applies what the file lacks, all of it in one transaction, and notes each in `schema_migrations`. `connection`
/// becomes one in WAL mode. A file that does not fit is left as it is. Answers the number of the last migration.
/// **Errors**: `conflict` for a file that holds something else, whose schema is newer than this build, or one of whose
/// migrations has another checksum: the message says what to do; otherwise those of `failure`.
Result<int> bring_up(Connection& connection, std::span<const Migration> wanted, Instant now, const std::string& file);

}  // namespace televisit::storage_sqlite
