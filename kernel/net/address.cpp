#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "net/http_text.hpp"

namespace televisit::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress mapped(const void* four_bytes) noexcept {
    IpAddress address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    std::memcpy(address.bytes.data() + kMapped.size(), four_bytes, 4);
    return address;
}

// An entry of X-Forwarded-For may carry a port, and IPv6 brackets.
std::optional<IpAddress> parse_forwarded(std::string_view text) {
    if (text.starts_with('[')) return IpAddress::parse(text.substr(1, std::min(text.find(']'), text.size()) - 1));
    if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
    return IpAddress::parse(text);
}

}  // namespace

IpAddress IpAddress::of(const sockaddr_storage& from) noexcept {
    IpAddress address;
    if (from.ss_family == AF_INET) return mapped(&reinterpret_cast<const sockaddr_in&>(from).sin_addr);
    if (from.ss_family == AF_INET6)
        std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, 16);
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;  // where the calls below would stop
    const std::string terminated(text);
    in_addr four{};
    if (inet_pton(AF_INET, terminated.c_str(), &four) == 1) return mapped(&four);
    IpAddress address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
    return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

std::string IpAddress::text() const {
    if (*this == IpAddress{}) return "unix";
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_v4()) {
        inet_ntop(AF_INET, bytes.data() + kMapped.size(), text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    }
    return text.data();
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& blocks) {
    TrustedProxies proxies;
    for (const std::string& block : blocks) {
        const std::string_view text = block;
        const std::size_t slash = text.find('/');
        const auto base = IpAddress::parse(text.substr(0, slash));
        const int width = base && base->is_v4() ? 32 : 128;
        auto bits = std::optional<std::uint64_t>(width);
        if (slash != std::string_view::npos) bits = parse_decimal(text.substr(slash + 1));
        if (!base || !bits || *bits > static_cast<std::uint64_t>(width))
            return error(Errc::invalid, "'" + block + "' is neither an IP address nor a CIDR block");
        proxies.blocks_.push_back({*base, static_cast<int>(*bits) + 128 - width});
    }
    return proxies;
}

bool TrustedProxies::trusts(const IpAddress& address) const noexcept {
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
        const auto whole = static_cast<std::size_t>(block.bits / 8);
        if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                        block.base.bytes.begin()))
            return false;
        const int rest = block.bits % 8;
        return rest == 0 || ((address.bytes[whole] ^ block.base.bytes[whole]) >> (8 - rest)) == 0;
    });
}

IpAddress TrustedProxies::client_of(const IpAddress& peer, std::string_view forwarded_for) const {
    IpAddress client = peer;
    while (trusts(client) && !forwarded_for.empty()) {
        const std::size_t comma = forwarded_for.rfind(',');
        const std::string_view last = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
        const auto address = parse_forwarded(trim_blanks(last));
        if (!address) break;
        client = *address;
        forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    }
    return client;
}

}  // namespace televisit::net
