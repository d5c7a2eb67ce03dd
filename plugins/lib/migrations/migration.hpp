#pragma once
/// Numbered migrations of a database's schema: those that a build carries, beside those that a database has seen.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "televisit/sdk/schema.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::migrations {

/// One file of migrations/<database>/, as it was when this was built. Files are numbered from 1 without gaps.
struct Migration {
    int number;
    std::string_view name;
    std::string_view checksum;  ///< SHA-256 of the file, in hex
    std::string_view sql;
};

/// One that a database has seen, from its table `schema_migrations`.
struct Applied {
    int number = 0;
    std::string name{};
    std::string checksum{};
    std::optional<Instant> at{};
};

/// What stands among the migrations of a database while records are copied into it: the number 0 in
/// `schema_migrations`.
inline constexpr int kUnfinishedCopy = 0;

/// Without that mark.
std::span<const Applied> without_mark(std::span<const Applied> applied);

/// As in the name of its file, without the extension: "0001_initial".
std::string label(int number, std::string_view name);

/// Why a database with those migrations, in the order of their numbers, is not one for this build: what follows the
/// database's name in a message. Nothing when it fits, or lacks only later ones.
std::optional<std::string> misfit(std::span<const Migration> wanted, std::span<const Applied> applied);

/// The same for `televisitctl db`.
SchemaState state_of(std::span<const Migration> wanted, std::span<const Applied> applied);

}  // namespace televisit::migrations
