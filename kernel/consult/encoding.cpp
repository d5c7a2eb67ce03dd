#include "consult/encoding.hpp"

#include <algorithm>
#include <cstdint>

namespace televisit::consult {
namespace {

/// Length of the UTF-8 sequence at the front, and its code point; 0 when there is none. RFC 3629, section 4.
std::size_t decode_utf8(std::string_view text, std::uint32_t& point) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return point = lead, 1;
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
    point = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        point = point << 6 | (byte(i) & 0x3fU);
    }
    const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return overlong || surrogate || point > 0x10ffff ? 0 : size;
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

std::string base64url(std::span<const std::uint8_t> bytes) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t window = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        window = window << 8 | byte;
        for (bits += 8; bits >= 6; bits -= 6) text.push_back(kDigits[window >> (bits - 6) & 63]);
    }
    if (bits > 0) text.push_back(kDigits[window << (6 - bits) & 63]);
    return text;
}

std::string base64url(std::string_view bytes) {
    return base64url(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

bool is_clean_text(std::string_view text) noexcept {
    while (!text.empty()) {
        std::uint32_t point = 0;
        const auto size = decode_utf8(text, point);
        if (size == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::size_t characters(std::string_view text) noexcept {
    std::size_t count = 0;
    for (std::uint32_t point = 0; !text.empty(); ++count)
        text.remove_prefix(std::max<std::size_t>(decode_utf8(text, point), 1));
    return count;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<std::uint8_t>(c) < 0x20) {
            constexpr char kDigits[] = "0123456789abcdef";
            out.append("\\u00").append({kDigits[c >> 4], kDigits[c & 15]});
        } else {
            out.push_back(c);
        }
    }
    return out += '"';
}

}  // namespace televisit::consult
