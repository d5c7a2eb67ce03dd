#include "network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace televisit::turn {

namespace {

constexpr unsigned kIpv4Offset = 96;

bool is_ipv4(std::string_view text) noexcept {
    return text.find(':') == std::string_view::npos;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string owned(text);
    Address address{};
    if (::inet_pton(AF_INET6, owned.c_str(), address.data()) == 1) return address;
    address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (::inet_pton(AF_INET, owned.c_str(), address.data() + 12) == 1) return address;
    return std::nullopt;
}

bool Network::contains(const Address& address) const noexcept {
    const unsigned whole = prefix / 8;
    if (!std::equal(base.begin(), base.begin() + whole, address.begin())) return false;
    const unsigned rest = prefix % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - rest));
    return (base[whole] & mask) == (address[whole] & mask);
}

std::optional<Network> parse_network(std::string_view text) {
    const auto slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base) return std::nullopt;
    if (slash == std::string_view::npos) return Network{*base, 128};
    const auto digits = text.substr(slash + 1);
    unsigned prefix = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (is_ipv4(text.substr(0, slash))) prefix += kIpv4Offset;
    if (prefix > 128) return std::nullopt;
    return Network{*base, prefix};
}

}  // namespace televisit::turn
