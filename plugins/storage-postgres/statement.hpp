#pragma once
/// One use of a prepared statement: bind from the left, run.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reply.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::storage_postgres {

class Connection;

/// **Threads**: that of its connection. **Owns**: nothing of what is bound; texts must stay until the object ends.
class Statement {
  public:
    /// The text, with $1, $2, … for what is bound, must be one of a bounded set: what is prepared is kept.
    Statement(Connection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& text(std::string_view value);
    Statement& optional_text(std::string_view value);  ///< empty becomes NULL
    Statement& integer(std::int64_t value);
    Statement& flag(bool value);
    Statement& hundredths(std::int64_t value);  ///< for numeric
    Statement& time(Instant value);
    Statement& optional_time(const std::optional<Instant>& value);
    Statement& limit(std::size_t value);

    /// **Blocks**: to the connection's deadline.
    Reply run();

  private:
    friend class Connection;
    enum class Format : int { text = 0, binary = 1 };

    Statement& bound(const char* bytes, std::size_t size, Format format);
    Statement& owned(std::string bytes, Format format);

    Connection& connection_;
    std::string_view sql_;
    std::deque<std::string> owned_;
    std::vector<const char*> values_;
    std::vector<int> sizes_;
    std::vector<int> formats_;
};

}  // namespace televisit::storage_postgres
