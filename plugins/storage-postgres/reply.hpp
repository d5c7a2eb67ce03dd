#pragma once
/// What PostgreSQL answered to one command: its state, and its rows in the binary format.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/time.hpp"

struct pg_result;

namespace televisit::storage_postgres {

/// An SQLSTATE of five characters, empty for success; or one of those below.
using SqlState = std::string;

/// The connection was lost, or never came to be.
inline constexpr char kLost[] = "lost";
/// No answer came by the deadline; the connection is of no use any more.
inline constexpr char kLate[] = "late";
/// The two sides agreed on no TLS, or the server's certificate does not hold; what is known more closely begins with
/// it.
inline constexpr char kUntrusted[] = "tls";

/// One row. Each call reads the next column, which has the type that goes with the call; NULL reads as empty text, 0,
/// false and no instant. **Owns**: nothing; valid as long as its reply.
class Row {
  public:
    Row(const pg_result* result, int row) : result_(result), row_(row) {}

    std::string text();      ///< text
    std::int64_t integer();  ///< integer, bigint
    std::int32_t small_integer();
    bool flag();  ///< boolean
    std::int64_t hundredths() { return integer(); }
    Instant time();  ///< timestamptz
    std::optional<Instant> optional_time();

    /// A value was found that this plugin never writes.
    void spoil() noexcept { sound_ = false; }
    bool sound() const noexcept { return sound_; }

  private:
    bool next_is_null() const;
    std::string_view next();

    const pg_result* result_;
    int row_;
    int column_ = 0;
    bool sound_ = true;
};

class Reply {
  public:
    explicit Reply(SqlState state);
    explicit Reply(pg_result* result);  ///< owns it

    bool ok() const noexcept { return state_.empty(); }
    const SqlState& state() const noexcept { return state_; }
    std::size_t rows() const noexcept;
    Row row(std::size_t number) const { return Row(result_.get(), static_cast<int>(number)); }
    /// How many rows the command changed.
    std::int64_t affected() const noexcept;
    /// The command as PostgreSQL calls it, e.g. "COMMIT".
    std::string_view tag() const noexcept;

  private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    SqlState state_;
    std::unique_ptr<pg_result, Clear> result_;
};

/// As timestamptz in the binary format: microseconds since 2000. Instants that it cannot say become its infinities.
std::int64_t to_postgres(Instant at) noexcept;
Instant from_postgres(std::int64_t micros) noexcept;

}  // namespace televisit::storage_postgres
