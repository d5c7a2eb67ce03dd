#pragma once
/// One use of a prepared statement: bind from the left, step, read from the left. The end of the object resets it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/time.hpp"

struct sqlite3_stmt;

namespace televisit::storage_sqlite {

/// The row a statement stands on. Each call reads the next column. NULL reads as empty text, 0 and no instant.
/// **Owns**: nothing; valid until the next step.
class Row {
  public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    std::string text();
    std::int64_t integer();
    std::int32_t small_integer();
    bool flag() { return integer() != 0; }
    /// Of a REAL, so many hundredths.
    std::int64_t hundredths();
    Instant time() { return from_micros(integer()); }
    std::optional<Instant> optional_time();

    /// A value was found that this plugin never writes.
    void spoil() noexcept { sound_ = false; }
    bool sound() const noexcept { return sound_; }

  private:
    sqlite3_stmt* statement_;
    int column_ = 0;
    bool sound_ = true;
};

/// **Threads**: that of its connection. **Owns**: nothing; texts must stay until the object ends.
/// **Errors**: a failure to prepare or to bind is answered by the next `step`.
class Statement {
  public:
    Statement(sqlite3_stmt* prepared, int code) : prepared_(prepared), code_(code) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& text(std::string_view value);
    Statement& optional_text(std::string_view value);  ///< empty becomes NULL
    Statement& integer(std::int64_t value);
    Statement& flag(bool value) { return integer(value ? 1 : 0); }
    Statement& hundredths(std::int64_t value);
    Statement& time(Instant value) { return integer(to_micros(value)); }
    Statement& optional_time(const std::optional<Instant>& value);
    Statement& limit(std::size_t value);

    /// SQLITE_ROW, SQLITE_DONE, or the extended code of a failure.
    int step();
    Row row() const { return Row(prepared_); }

  private:
    Statement& noted(int code);

    sqlite3_stmt* prepared_;
    int code_;
    int parameter_ = 0;
};

}  // namespace televisit::storage_sqlite
