#include "failure.hpp"

#include <string>

#include "handshake.hpp"

namespace televisit::storage_postgres {
namespace {

constexpr char kBusy[] = "The server is busy. Please try again.";
constexpr char kAway[] = "The server cannot reach its records at the moment. Please try again.";
constexpr char kFull[] = "The server has no room for more records.";
constexpr char kBroken[] = "Something went wrong on the server.";

constexpr char kCancelled[] = "57014";
constexpr char kDiskFull[] = "53100";

struct Meaning {
    std::string_view start;  ///< of SQLSTATEs
    std::string_view text;
};

/// The first that fits.
constexpr Meaning kMeanings[] = {
    {kLost, "the connection was lost, or cannot be made"},
    {kLate, "no answer by the deadline"},
    {kExpired, "the certificate of the database has expired, or is not valid yet"},
    {kUnknownIssuer, "the certificate of the database is signed by nobody in sslrootcert"},
    {kOtherHost, "the certificate of the database is for another host name"},
    {kNoRoot, "the file of sslrootcert cannot be read"},
    {kPlainOnly, "the database speaks no TLS, which sslmode demands"},
    {kUntrusted, "TLS with the database fails: see sslmode, sslrootcert"},
    {"25006", "this database is read-only"},
    {"28P01", "the password is wrong, or there is none"},
    {"28", "this user may not come in: see pg_hba.conf"},
    {"3D000", "there is no such database"},
    {"3F", "there is no such schema"},
    {"40P01", "deadlock"},
    {"42501", "this user lacks a privilege"},
    {"42P01", "a table is missing"},
    {kDiskFull, "the disk is full"},
    {"53300", "too many connections: raise max_connections, or lower `connections`"},
    {kCancelled, "it took too long"},
    {"57P03", "the database is starting"},
    {"57P", "the database is stopping"},
    {"58", "the database's disk fails"},
    {"XX", "the database reports damage"},
};

bool starts(const SqlState& state, std::string_view with) noexcept {
    return state.starts_with(with);
}

/// Classes of SQLSTATEs: connection, who may come in, no such database, resources, operator, system, damage.
bool is_away(const SqlState& state) noexcept {
    for (const std::string_view of : {kLost, kUntrusted, "08", "28", "3D", "53", "57P", "58", "XX", "25006", "42501"})
        if (starts(state, of)) return true;
    return false;
}

bool is_busy(const SqlState& state) noexcept {
    return is_passing(state) || state == kCancelled || state == kLate || state == "55P03" || state == "25P03";
}

Error by_state(const SqlState& state, Effect effect) {
    if (is_busy(state)) {
        const bool cut = state == kCancelled || state == kLate;
        return error(effect == Effect::read && cut ? Errc::timeout : Errc::unavailable, kBusy);
    }
    if (state == kDiskFull) return error(Errc::unavailable, "store_full", kFull);
    if (is_away(state)) return error(Errc::unavailable, kAway);
    if (starts(state, "54") || state == "22001") return error(Errc::too_large, "That is too large to be kept.");
    return error(Errc::internal, kBroken);
}

}  // namespace

std::string_view meaning(const SqlState& state) noexcept {
    for (const auto& [start, text] : kMeanings)
        if (starts(state, start)) return text;
    return {};
}

bool is_passing(const SqlState& state) noexcept {
    return state == "40001" || state == "40P01";
}

Error failure(const SqlState& state, std::string_view doing, Effect effect) {
    auto result = by_state(state, effect);
    if (effect == Effect::unknown) result.code = Errc::timeout;
    if (result.code == Errc::unavailable || result.code == Errc::timeout) result.retry_after = std::chrono::seconds{1};
    const auto text = meaning(state);
    result.detail.append(doing).append(": ");
    if (state == kLost || state == kLate || starts(state, kUntrusted)) {
        result.detail.append(text);
    } else {
        result.detail.append("PostgreSQL ").append(state);
        if (!text.empty()) result.detail.append(" (").append(text).append(")");
    }
    return result;
}

Error for_operator(Error failure) {
    if (!failure.detail.empty()) failure.message = failure.detail;
    return failure;
}

}  // namespace televisit::storage_postgres
