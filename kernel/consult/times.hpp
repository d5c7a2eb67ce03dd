#pragma once
/// Times as clients write and read them. Source: RFC 3339; docs/protocol.md "Times".

#include <optional>
#include <string>
#include <string_view>

#include "consult/zone.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

/// "2026-01-25T10:00:00Z", "2026-01-25t10:00:00.5+01:00", or without a zone, then in `naive`. Fractions are cut to
/// microseconds. Nothing for whatever is not such a time, a leap second included.
std::optional<Instant> parse_time(std::string_view text, const Zone& naive);

/// "YYYY-MM-DDTHH:MM:SSZ"; fractions are cut off.
std::string print_time(Instant at);

}  // namespace televisit::consult
