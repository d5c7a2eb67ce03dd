#include "statement.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace televisit::storage_sqlite {
namespace {

constexpr double kHundredthsEach = 100;

}  // namespace

std::string Row::text() {
    const int column = column_++;
    const auto* bytes = sqlite3_column_text(statement_, column);
    // In this order: asking for the text may change the size.
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes ? std::string(reinterpret_cast<const char*>(bytes), size) : std::string();
}

std::int64_t Row::integer() {
    return sqlite3_column_int64(statement_, column_++);
}

std::int32_t Row::small_integer() {
    const auto value = integer();
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max()) spoil();
    return static_cast<std::int32_t>(value);
}

std::int64_t Row::hundredths() {
    return std::llround(sqlite3_column_double(statement_, column_++) * kHundredthsEach);
}

std::optional<Instant> Row::optional_time() {
    if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return time();
    ++column_;
    return std::nullopt;
}

Statement::~Statement() {
    if (!prepared_) return;
    sqlite3_reset(prepared_);
    sqlite3_clear_bindings(prepared_);
}

Statement& Statement::noted(int code) {
    if (code_ == SQLITE_OK) code_ = code;
    return *this;
}

Statement& Statement::text(std::string_view value) {
    // A null pointer would be NULL, not the empty text.
    const char* bytes = value.data() ? value.data() : "";
    return noted(sqlite3_bind_text64(prepared_, ++parameter_, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Statement& Statement::optional_text(std::string_view value) {
    if (!value.empty()) return text(value);
    return noted(sqlite3_bind_null(prepared_, ++parameter_));
}

Statement& Statement::integer(std::int64_t value) {
    return noted(sqlite3_bind_int64(prepared_, ++parameter_, value));
}

Statement& Statement::hundredths(std::int64_t value) {
    return noted(sqlite3_bind_double(prepared_, ++parameter_, static_cast<double>(value) / kHundredthsEach));
}

Statement& Statement::optional_time(const std::optional<Instant>& value) {
    if (value) return time(*value);
    return noted(sqlite3_bind_null(prepared_, ++parameter_));
}

Statement& Statement::limit(std::size_t value) {
    constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
    return integer(static_cast<std::int64_t>(std::min(value, kMost)));
}

int Statement::step() {
    return code_ == SQLITE_OK ? sqlite3_step(prepared_) : code_;
}

}  // namespace televisit::storage_sqlite
