#pragma once
/// The protocol of Redis, version 3, as text: what is sent, and what comes.
///
/// Poco::Redis speaks version 2, in which a connection that subscribes can do nothing else, and gives every value an
/// object of its own. Here values are views into the bytes received. **Source**:
/// https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace televisit::storage_redis {

/// Appends one command.
void append_command(std::string& out, std::span<const std::string_view> parts);
void append_command(std::string& out, std::initializer_list<std::string_view> parts);

/// One value. **Owns**: nothing; `text` is valid as long as the bytes it was read from.
struct RespValue {
    enum class Kind : std::uint8_t { text, error, integer, nothing, list, push };

    Kind kind = Kind::nothing;
    std::string_view text{};  ///< of an error: its first word, which quotes nothing of what was sent
    std::int64_t integer = 0;
    std::vector<RespValue> items{};  ///< of a map: key, value, key, value
};

/// What stands at the beginning of some bytes.
struct RespRead {
    enum class Outcome : std::uint8_t { value, incomplete, malformed };

    Outcome outcome = Outcome::incomplete;
    RespValue value{};
    std::size_t size = 0;  ///< of the value, in bytes
};

RespRead read_resp(std::string_view bytes);

}  // namespace televisit::storage_redis
