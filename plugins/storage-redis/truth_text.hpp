#pragma once
/// The truth about a room as bytes, the way it is kept in Redis: a number of the format, then every field as its
/// length, a colon and its bytes ("6:joined"), so that it can be read with redis-cli, too.

#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/presence.hpp"

namespace televisit::storage_redis {

std::string to_text(const RoomPresence& truth);
/// Nothing for what `to_text` of this version never gives.
std::optional<RoomPresence> truth_of(std::string_view text);

}  // namespace televisit::storage_redis
