#pragma once
/// As much of WebSocket (RFC 6455) as the floor needs.

#include <cstddef>
#include <string>
#include <string_view>

namespace televisit::load {

/// The Sec-WebSocket-Accept that answers a key (section 4.2.2).
std::string accept_value(std::string_view key);

/// The value of a header of an HTTP request, its name compared without regard to case.
std::string_view header_value(std::string_view request, std::string_view name);

void unmask(char* payload, std::size_t size, const char* mask);

/// Writes the head of a server's frame so that it ends where `payload` begins; returns its start. Needs 2, 4 or 10
/// bytes there; a client's head, which carries a mask, is always 4 bytes longer.
char* put_head_before(char* payload, unsigned char first, std::size_t size);

}  // namespace televisit::load
