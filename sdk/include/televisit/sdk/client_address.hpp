#pragma once
/// Which clients count as one, when something is counted for each network address.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace televisit {

namespace detail {

using V4Bytes = std::array<std::uint8_t, 4>;
using V6Bytes = std::array<std::uint8_t, 16>;

inline std::optional<unsigned> address_number(std::string_view text, int base, std::size_t digits, unsigned most) {
    if (text.empty() || text.size() > digits) return std::nullopt;
    unsigned value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (fault != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

inline std::optional<V4Bytes> parse_v4(std::string_view text) {
    V4Bytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto dot = text.find('.');
        if ((dot == std::string_view::npos) != (i + 1 == bytes.size())) return std::nullopt;
        const auto value = address_number(text.substr(0, dot), 10, 3, 255);
        if (!value) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(*value);
        if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
    }
    return bytes;
}

/// Groups between colons, the last of them perhaps as an IPv4 address, at `out`; how many bytes, or nothing.
inline std::optional<std::size_t> parse_v6_groups(std::string_view text, V6Bytes& out) {
    std::size_t size = 0;
    while (!text.empty()) {
        const auto colon = text.find(':');
        const auto group = text.substr(0, colon);
        if (colon == text.size() - 1) return std::nullopt;
        const auto v4 = colon == std::string_view::npos ? parse_v4(group) : std::nullopt;
        const auto value = v4 ? std::nullopt : address_number(group, 16, 4, 0xffff);
        if ((!v4 && !value) || size + (v4 ? 4 : 2) > out.size()) return std::nullopt;
        if (v4) {
            for (const auto byte : *v4) out[size++] = byte;
        } else {
            out[size++] = static_cast<std::uint8_t>(*value >> 8);
            out[size++] = static_cast<std::uint8_t>(*value & 0xff);
        }
        text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
    }
    return size;
}

inline std::optional<V6Bytes> parse_v6(std::string_view text) {
    const auto gap = text.find("::");
    V6Bytes head{};
    const auto before = parse_v6_groups(text.substr(0, gap), head);
    if (!before) return std::nullopt;
    if (gap == std::string_view::npos) return *before == head.size() ? std::optional(head) : std::nullopt;
    V6Bytes tail{};
    const auto after = parse_v6_groups(text.substr(gap + 2), tail);
    if (!after || *before + *after > head.size() - 2) return std::nullopt;
    std::copy_n(tail.begin(), *after, head.end() - static_cast<std::ptrdiff_t>(*after));
    return head;
}

template <class Bytes>
std::string address_bytes(const Bytes& bytes, std::size_t from, std::size_t count) {
    return {reinterpret_cast<const char*>(bytes.data()) + from, count};
}

}  // namespace detail

/// A key, of bytes: the whole of an IPv4 address, also of one mapped into IPv6; the first 64 bits of an IPv6 address,
/// for that is what one subscriber has. A text that is no address stands for itself. Source: RFC 4291 section 2.2.
inline std::string client_key(std::string_view address) {
    static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const auto text = address.substr(0, address.find('%'));  // without the zone of a link-local one
    if (const auto v4 = detail::parse_v4(text)) return detail::address_bytes(*v4, 0, v4->size());
    const auto v6 = detail::parse_v6(text);
    if (!v6) return std::string(text);
    if (!std::equal(kMapped.begin(), kMapped.end(), v6->begin())) return detail::address_bytes(*v6, 0, 8);
    return detail::address_bytes(*v6, kMapped.size(), 4);
}

}  // namespace televisit
