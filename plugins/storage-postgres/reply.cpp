#include "reply.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <limits>

#include "text_encoding.hpp"

namespace televisit::storage_postgres {
namespace {

/// From 1970 to 2000.
constexpr std::int64_t kEpoch = 946'684'800'000'000;
constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

/// An integer as it goes over the network, of whatever size.
std::int64_t signed_value(std::string_view bytes) noexcept {
    if (bytes.empty()) return 0;
    std::uint64_t value = static_cast<std::uint8_t>(bytes[0]) & 0x80U ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) value = value << 8U | static_cast<std::uint8_t>(c);
    return static_cast<std::int64_t>(value);
}

SqlState state_of(const pg_result* result) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            return {};
        default: {
            const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
            return state ? state : kLost;
        }
    }
}

}  // namespace

std::int64_t to_postgres(Instant at) noexcept {
    const auto micros = to_micros(at);
    if (micros == kMost) return kMost;
    return micros < kLeast + kEpoch ? kLeast : micros - kEpoch;
}

Instant from_postgres(std::int64_t micros) noexcept {
    if (micros == kLeast) return Instant::min();
    return micros > kMost - kEpoch ? Instant::max() : from_micros(micros + kEpoch);
}

bool Row::next_is_null() const {
    return PQgetisnull(result_, row_, column_) != 0;
}

std::string_view Row::next() {
    const int column = column_++;
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::string Row::text() {
    return decoded(next());
}

std::int64_t Row::integer() {
    const auto bytes = next();
    if (bytes.size() > sizeof(std::int64_t)) spoil();
    return signed_value(bytes);
}

std::int32_t Row::small_integer() {
    const auto value = integer();
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max()) spoil();
    return static_cast<std::int32_t>(value);
}

bool Row::flag() {
    const auto bytes = next();
    return !bytes.empty() && bytes[0] != 0;
}

Instant Row::time() {
    return from_postgres(integer());
}

std::optional<Instant> Row::optional_time() {
    if (!next_is_null()) return time();
    ++column_;
    return std::nullopt;
}

Reply::Reply(SqlState state) : state_(std::move(state)) {}

Reply::Reply(pg_result* result) : state_(state_of(result)), result_(result) {}

void Reply::Clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

std::size_t Reply::rows() const noexcept {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::int64_t Reply::affected() const noexcept {
    const std::string_view digits = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count;
}

std::string_view Reply::tag() const noexcept {
    const char* tag = PQcmdStatus(result_.get());
    return tag ? tag : "";
}

}  // namespace televisit::storage_postgres
