#include "migrations/migration.hpp"

#include <algorithm>

namespace televisit::migrations {
namespace {

std::string four_digits(int number) {
    const auto digits = std::to_string(number);
    return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::string label(int number, std::string_view name) {
    return four_digits(number) + '_' + std::string(name);
}

std::span<const Applied> without_mark(std::span<const Applied> applied) {
    const bool marked = !applied.empty() && applied.front().number == kUnfinishedCopy;
    return marked ? applied.subspan(1) : applied;
}

std::optional<std::string> misfit(std::span<const Migration> wanted, std::span<const Applied> applied) {
    int expected = 0;
    for (const auto& one : applied) {
        if (one.number == kUnfinishedCopy)
            return " is the target of a copy that is not finished: run `televisitctl storage copy` again, to its end";
        if (one.number != ++expected) return " lacks migration " + four_digits(expected) + ": restore it from a backup";
        if (static_cast<std::size_t>(one.number) > wanted.size())
            return " has the schema of a newer server (" + label(one.number, one.name) +
                   "): start that server again, or restore the backup made before it was installed";
        if (one.checksum != wanted[static_cast<std::size_t>(one.number) - 1].checksum)
            return ": migration " + label(one.number, one.name) +
                   " was another one than this server's: start the server that made it";
    }
    return std::nullopt;
}

SchemaState state_of(std::span<const Migration> wanted, std::span<const Applied> applied) {
    SchemaState state;
    for (const auto& one : applied) state.steps.push_back({label(one.number, one.name), one.at});
    for (const auto& one : wanted.subspan(std::min(applied.size(), wanted.size())))
        state.steps.push_back({label(one.number, one.name), std::nullopt});
    if (auto reason = misfit(wanted, applied)) state.misfit = "the database" + *std::move(reason);
    return state;
}

}  // namespace televisit::migrations
