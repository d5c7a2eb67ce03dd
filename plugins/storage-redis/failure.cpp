#include "failure.hpp"

#include <algorithm>
#include <string>

namespace televisit::storage_redis {
namespace {

constexpr char kBusy[] = "The server is busy. Please try again.";
constexpr char kAway[] = "The server cannot reach its records at the moment. Please try again.";
constexpr char kFull[] = "The server has no room for more records.";
constexpr char kBroken[] = "Something went wrong on the server.";

struct Meaning {
    std::string_view code;
    std::string_view text;
};

/// What is over by itself, or by an operator's hand, without this server.
constexpr Meaning kMeanings[] = {
    {kLost, "the connection was lost, or cannot be made"},
    {kLate, "no answer by the deadline"},
    {"LOADING", "it is reading its data from the disk"},
    {"BUSY", "a script holds it up"},
    {"MASTERDOWN", "it is a replica without its master"},
    {"READONLY", "it is a replica: give the address of the master"},
    {"NOREPLICAS", "it has too few replicas: see min-replicas-to-write"},
    {"MISCONF", "it cannot write to its disk"},
    {"OOM", "its memory is full: see maxmemory"},
    {"NOAUTH", "it wants a password"},
    {"WRONGPASS", "the user or the password is wrong"},
    {"NOPERM", "this user lacks a permission: see docs/operations.md"},
    {"SETTLED", "it was asked for meanwhile, and it was said that it is not committed"},
    {"DENIED", "it is in protected mode: see bind and requirepass"},
    {"ERR", "no such command or database, or too many clients"},
};

std::string_view meaning(const FailureCode& code) {
    const auto found = std::ranges::find(kMeanings, code, &Meaning::code);
    return found == std::end(kMeanings) ? std::string_view{} : found->text;
}

Error by_code(const FailureCode& code, Effect effect) {
    if (code == kLate || code == kLost) {
        const bool cut = effect == Effect::unknown || code == kLate;
        return error(cut ? Errc::timeout : Errc::unavailable, code == kLate ? kBusy : kAway);
    }
    if (code == "OOM") return error(Errc::unavailable, "store_full", kFull);
    if (code == "BUSY") return error(Errc::unavailable, kBusy);
    if (code == "ERR" || meaning(code).empty()) return error(Errc::internal, kBroken);
    return error(Errc::unavailable, kAway);
}

std::string detail_of(const FailureCode& code, std::string_view doing) {
    std::string detail(doing);
    detail += ": ";
    const auto text = meaning(code);
    if (code == kLost || code == kLate) return detail.append(text);
    detail.append("Redis ").append(code);
    if (!text.empty()) detail.append(" (").append(text).append(")");
    return detail;
}

}  // namespace

Error failure(const FailureCode& code, std::string_view doing, Effect effect) {
    auto result = by_code(code, effect);
    if (result.code != Errc::internal) result.retry_after = std::chrono::seconds{1};
    result.detail = detail_of(code, doing);
    return result;
}

Error foreign_data(std::string_view doing) {
    auto result = error(Errc::internal, kBroken);
    result.detail.append(doing).append(": Redis holds what this version of the server never writes");
    return result;
}

Error no_way_in(const FailureCode& code) {
    auto result = error(Errc::unavailable, code == kLate ? kBusy : kAway);
    result.retry_after = std::chrono::seconds{1};
    result.detail = detail_of(code, "connect");
    return result;
}

Error unfit_server(std::string why) {
    auto result = error(Errc::unavailable, kAway);
    result.retry_after = std::chrono::seconds{1};
    result.detail = "this Redis cannot be used: " + std::move(why);
    return result;
}

}  // namespace televisit::storage_redis
