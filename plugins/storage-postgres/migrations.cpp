#include "schema.hpp"

namespace televisit::storage_postgres {
namespace {

constexpr Migration kMigrations[] = {
#include "migrations.inc"
};

}  // namespace

std::span<const Migration> known_migrations() {
    return kMigrations;
}

}  // namespace televisit::storage_postgres
