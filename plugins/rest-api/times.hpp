#pragma once
/// Times as they are printed. Source: docs/protocol.md "Times".

#include <string>

#include "televisit/sdk/time.hpp"

namespace televisit::rest_api {

/// `YYYY-MM-DDTHH:MM:SSZ`; fractions are cut off.
std::string time_text(Instant at);

}  // namespace televisit::rest_api
