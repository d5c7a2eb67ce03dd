#include "migrations/migration.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace televisit::migrations;

namespace {

const std::vector<Migration> kWanted{{1, "first", "aa", ""}, {2, "second", "bb", ""}};

std::string judged(const std::vector<Applied>& applied) {
    return misfit(kWanted, applied).value_or("fits");
}

}  // namespace

TEST_CASE("a database that has seen all migrations, or some of the first, fits") {
    CHECK(judged({}) == "fits");
    CHECK(judged({{1, "first", "aa", {}}}) == "fits");
    CHECK(judged({{1, "first", "aa", {}}, {2, "second", "bb", {}}}) == "fits");
}

TEST_CASE("a newer schema, an altered migration and a gap are told apart") {
    CHECK(judged({{1, "first", "aa", {}}, {2, "second", "bb", {}}, {3, "third", "cc", {}}}).find("(0003_third)") !=
          std::string::npos);
    CHECK(judged({{1, "first", "dd", {}}}).find("0001_first was another one") != std::string::npos);
    CHECK(judged({{2, "second", "bb", {}}}).find("lacks migration 0001") != std::string::npos);
}

TEST_CASE("a database into which records are being copied does not fit, and without that mark does") {
    const std::vector<Applied> applied{
        {kUnfinishedCopy, "unfinished_copy", "", {}}, {1, "first", "aa", {}}, {2, "second", "bb", {}}};
    CHECK(judged(applied).find("`televisitctl storage copy` again") != std::string::npos);
    CHECK_FALSE(misfit(kWanted, without_mark(applied)).has_value());
    CHECK(without_mark(applied).size() == 2);
    CHECK(without_mark({}).empty());
}

TEST_CASE("a migration is called as its file is") {
    CHECK(label(1, "initial") == "0001_initial");
    CHECK(label(12345, "late") == "12345_late");
}
