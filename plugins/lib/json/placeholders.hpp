#pragma once
/// The marks in a Socket.IO packet that stand for its binary attachments: `{"_placeholder":true,"num":n}`.
/// Source: https://socket.io/docs/v4/socket-io-protocol/

#include <cstddef>
#include <string_view>

namespace televisit::json {

/// More attachments than this are never accepted.
inline constexpr std::size_t kMaxAttachments = 64;

/// Whether the placeholders in `text`, a valid value, are exactly 0 … `count`-1, each once. **Threads**: any.
bool has_exact_placeholders(std::string_view text, std::size_t count);

}  // namespace televisit::json
