#pragma once
/// Networks of clients, in CIDR notation. Source: RFC 4632, RFC 4291 §2.5.5.2 (an IPv4 client may come as
/// ::ffff:a.b.c.d).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace televisit::turn {

/// An address of either family, IPv4 in its IPv6 form.
using Address = std::array<std::uint8_t, 16>;

/// Nothing when the text is no address.
std::optional<Address> parse_address(std::string_view text);

struct Network {
    Address base{};
    unsigned prefix = 128;  ///< bits, counted in the IPv6 form

    bool contains(const Address& address) const noexcept;
};

/// "10.0.0.0/8", "2001:db8::/32", or one address. Nothing when it is neither.
std::optional<Network> parse_network(std::string_view text);

}  // namespace televisit::turn
