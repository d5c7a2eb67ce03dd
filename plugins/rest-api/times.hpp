#pragma once
/// Times as they are printed and as queries give them. Source: RFC 3339; docs/protocol.md "Times".

#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/time.hpp"

namespace televisit::rest_api {

/// `YYYY-MM-DDTHH:MM:SSZ`; fractions are cut off.
std::string time_text(Instant at);

/// An RFC 3339 time with its zone. A space may stand for the '+' of the zone, for that is what becomes of one in a
/// query.
std::optional<Instant> parse_time(std::string_view text);

}  // namespace televisit::rest_api
