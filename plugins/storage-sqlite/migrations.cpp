#include "schema.hpp"

namespace televisit::storage_sqlite {
namespace {

constexpr Migration kMigrations[] = {
#include "migrations.inc"
};

}  // namespace

std::span<const Migration> migrations() {
    return kMigrations;
}

}  // namespace televisit::storage_sqlite
