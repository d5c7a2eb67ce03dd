#pragma once
/// Base64url as JOSE writes it: no padding, no whitespace, one spelling for each value. Source: RFC 7515 §2, RFC 4648
/// §5.

#include <optional>
#include <string>
#include <string_view>

namespace televisit::auth_jwt {

/// The bytes that `text` stands for; nothing for any other alphabet, padding, impossible lengths or stray trailing
/// bits.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace televisit::auth_jwt
