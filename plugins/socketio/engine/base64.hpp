#pragma once
/// Base64 with its standard alphabet, as Engine.IO uses it for binary messages on long-polling. Source: RFC 4648.

#include <string>
#include <string_view>

namespace televisit::socketio {

void append_base64(std::string& out, std::string_view bytes);

/// Appends what `text` stands for; padding may be left out. False on any other character or length: `out` is then
/// unspecified.
bool append_decoded_base64(std::string& out, std::string_view text);

}  // namespace televisit::socketio
