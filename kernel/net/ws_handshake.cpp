#include "net/ws_handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "net/http_text.hpp"

namespace televisit::net {
namespace {

// 16 bytes in base64: 22 digits and two equal signs, the last digit holding only two bits.
bool is_key(std::string_view key) noexcept {
    const auto digit = [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/'; };
    return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, digit) &&
           std::string_view("AQgw").find(key[21]) != std::string_view::npos;
}

std::string_view host_of(std::string_view origin) noexcept {
    const std::size_t scheme = origin.find("://");
    return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

HttpFault check_handshake(const HttpHead& head, const HttpRequest& request) {
    if (request.method != HttpMethod::get) return malformed("Only GET may ask for a WebSocket.");
    if (head.chunked || head.content_length.value_or(0) > 0) return malformed("A WebSocket handshake has no body.");
    if (request.header("Sec-WebSocket-Version") != "13")
        return {426, "websocket_version", "The only WebSocket version known here is 13."};
    const auto is_key_field = [](const HttpHeader& header) {
        return detail::equal_ignoring_case(header.name, "Sec-WebSocket-Key");
    };
    if (std::count_if(request.headers.begin(), request.headers.end(), is_key_field) != 1 ||
        !is_key(request.header("Sec-WebSocket-Key")))
        return malformed("Sec-WebSocket-Key is not 16 bytes in base64.");
    const std::string_view chosen = subprotocol(request);
    if (!chosen.empty() && !is_token(chosen)) return malformed("Sec-WebSocket-Protocol is not a list of names.");
    return kNoFault;
}

std::string_view subprotocol(const HttpRequest& request) noexcept {
    std::string_view first;
    for_each_member(request.header("Sec-WebSocket-Protocol"), [&](std::string_view member) {
        if (first.empty()) first = member;
    });
    return first;
}

std::string accept_key(std::string_view key) {
    const std::string joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    EVP_Digest(joined.data(), joined.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::array<unsigned char, 32> text;
    const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
    return std::string(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length));
}

bool same_host(std::string_view origin, std::string_view request_origin) noexcept {
    const std::string_view host = host_of(origin);
    return !host.empty() && detail::equal_ignoring_case(host, host_of(request_origin));
}

}  // namespace televisit::net
