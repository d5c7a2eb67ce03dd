#pragma once
/// IP addresses of clients and proxies.

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::net {

/// An IPv6 address, or an IPv4 one mapped into it. All zero: none (a unix socket). 16 bytes, for every connection keeps
/// one.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    static IpAddress of(const sockaddr_storage& address) noexcept;
    /// Without port and brackets; nothing when it is no address.
    static std::optional<IpAddress> parse(std::string_view text);
    std::string text() const;  ///< "unix" for none
    bool is_v4() const noexcept;
    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
    friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// The proxies whose X-Forwarded fields are believed.
class TrustedProxies {
  public:
    TrustedProxies() = default;
    /// Addresses and CIDR blocks, of both families. **Errors**: `invalid`, naming the entry.
    static Result<TrustedProxies> parse(const std::vector<std::string>& blocks);

    bool trusts(const IpAddress& address) const noexcept;
    /// The client: `peer` itself unless that is trusted; else the rightmost address of the X-Forwarded-For list that is
    /// not. What stands left of an unreadable entry is not believed.
    IpAddress client_of(const IpAddress& peer, std::string_view forwarded_for) const;

  private:
    struct Block {
        IpAddress base;
        int bits;  // of 128
    };
    std::vector<Block> blocks_;
};

}  // namespace televisit::net
