#include "web_socket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include <cstdint>
#include <cstring>

namespace televisit::load {

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    unsigned char base64[4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1];
    const int size = EVP_EncodeBlock(base64, digest, SHA_DIGEST_LENGTH);
    return {reinterpret_cast<const char*>(base64), static_cast<std::size_t>(size)};
}

std::string_view header_value(std::string_view request, std::string_view name) {
    for (std::size_t at = request.find("\r\n"); at != std::string_view::npos; at = request.find("\r\n", at)) {
        at += 2;
        const std::string_view line = request.substr(at, request.find("\r\n", at) - at);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        const std::size_t from = line.find_first_not_of(" \t", name.size() + 1);
        if (from == std::string_view::npos) return {};
        return line.substr(from, line.find_last_not_of(" \t") + 1 - from);
    }
    return {};
}

void unmask(char* payload, std::size_t size, const char* mask) {
    std::uint32_t narrow;
    std::memcpy(&narrow, mask, 4);
    const std::uint64_t wide = static_cast<std::uint64_t>(narrow) << 32 | narrow;
    char key[8];
    std::memcpy(key, &wide, 8);
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, payload + i, 8);
        word ^= wide;
        std::memcpy(payload + i, &word, 8);
    }
    for (; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 8]);
}

char* put_head_before(char* payload, unsigned char first, std::size_t size) {
    const std::size_t digits = size < 126 ? 0 : size < 65536 ? 2 : 8;
    char* const head = payload - digits - 2;
    head[0] = static_cast<char>(first);
    head[1] = static_cast<char>(digits == 0 ? size : digits == 2 ? 126 : 127);
    for (std::size_t i = 0; i < digits; ++i) head[2 + i] = static_cast<char>(size >> 8 * (digits - 1 - i));
    return head;
}

}  // namespace televisit::load
