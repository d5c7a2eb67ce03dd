#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace televisit::load {

/// The string value of `key` among the members of the outermost object of a packet such as `40{"sid":"..."}` or
/// `42["event",{"peer_id":"...","others":[...]}]`; empty when absent. Enough for the identifiers of a handshake, which
/// hold no escapes.
std::string find_json_string(std::string_view json, std::string_view key);

/// Whether the JSON string that begins at `at`, just behind its opening quote, says `expected`, which is ASCII: servers
/// are free to escape differently.
bool json_string_equals(std::string_view json, std::size_t at, std::string_view expected);

std::string json_escape(std::string_view text);

}  // namespace televisit::load
