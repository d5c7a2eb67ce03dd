#include "failure.hpp"

#include <sqlite3.h>

#include <string>

namespace televisit::storage_sqlite {
namespace {

constexpr char kBusy[] = "The server is busy. Please try again.";
constexpr char kAway[] = "The server cannot reach its records at the moment. Please try again.";
constexpr char kFull[] = "The server has no room for more records.";
constexpr char kBroken[] = "Something went wrong on the server.";

constexpr int primary(int code) noexcept {
    return code & 0xff;
}

Error by_code(int code, Effect effect) {
    switch (primary(code)) {
        case SQLITE_INTERRUPT:
            return error(effect == Effect::read ? Errc::timeout : Errc::unavailable, kBusy);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return error(Errc::unavailable, kBusy);
        case SQLITE_FULL:
            return error(Errc::unavailable, "store_full", kFull);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_NOMEM:
        case SQLITE_NOLFS:
            return error(Errc::unavailable, kAway);
        case SQLITE_TOOBIG:
            return error(Errc::too_large, "That is too large to be kept.");
        default:
            return error(Errc::internal, kBroken);
    }
}

}  // namespace

Error failure(int code, std::string_view doing, Effect effect) {
    auto result = by_code(code, effect);
    if (effect == Effect::unknown) result.code = Errc::timeout;
    if (result.code == Errc::unavailable || result.code == Errc::timeout) result.retry_after = std::chrono::seconds{1};
    result.detail.append(doing).append(": SQLite ").append(std::to_string(code));
    result.detail.append(" (").append(sqlite3_errstr(code)).append(")");
    return result;
}

Error no_connection(std::string_view doing) {
    auto result = error(Errc::unavailable, kBusy);
    result.retry_after = std::chrono::seconds{1};
    result.detail.append(doing).append(": no connection was free before the deadline");
    return result;
}

}  // namespace televisit::storage_sqlite
