#pragma once
/// Digests as text.

#include <string>
#include <string_view>

#include "televisit/sdk/secrets.hpp"

namespace televisit::rest_api {

/// Lower-case hexadecimal digits.
inline std::string hex(const Sha256& digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) {
        text.push_back(kDigits[byte >> 4U]);
        text.push_back(kDigits[byte & 0x0FU]);
    }
    return text;
}

}  // namespace televisit::rest_api
