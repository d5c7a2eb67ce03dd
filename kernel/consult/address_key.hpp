#pragma once
/// Which clients count as one, when something is counted for each network address.

#include <string>
#include <string_view>

namespace televisit::consult {

/// The whole of an IPv4 address, also of one mapped into IPv6; the first 64 bits of an IPv6 address, for that is what
/// one subscriber has. A text that is no address stands for itself. Source: RFC 4291 section 2.2.
std::string address_key(std::string_view address);

}  // namespace televisit::consult
