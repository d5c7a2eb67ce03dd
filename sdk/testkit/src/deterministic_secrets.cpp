#include "televisit/testkit/deterministic_secrets.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace televisit::testkit {
namespace {

using Block = std::array<std::uint32_t, 16>;

/// The message with its padding (FIPS 180-4, 5.1.1), cut into blocks of big-endian words.
std::vector<Block> padded_blocks(std::string_view data) {
    std::string padded(data);
    padded.push_back(static_cast<char>(0x80));
    while (padded.size() % 64 != 56) padded.push_back('\0');
    const auto bits = static_cast<std::uint64_t>(data.size()) * 8;
    for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<char>(bits >> shift & 0xff));
    std::vector<Block> blocks(padded.size() / 64);
    for (std::size_t i = 0; i < padded.size(); ++i) {
        auto& word = blocks[i / 64][i % 64 / 4];
        word = word << 8 | static_cast<std::uint8_t>(padded[i]);
    }
    return blocks;
}

template <std::size_t Words>
auto big_endian_bytes(const std::array<std::uint32_t, Words>& words) {
    std::array<std::uint8_t, Words * 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)) & 0xff);
    return bytes;
}

constexpr std::array<std::uint32_t, 64> kSha256Constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

Sha256 digest_sha256(std::string_view data) {
    std::array<std::uint32_t, 8> h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (const auto& block : padded_blocks(data)) {
        std::array<std::uint32_t, 64> w{};
        std::copy(block.begin(), block.end(), w.begin());
        for (std::size_t i = 16; i < 64; ++i) {
            const auto s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
            const auto s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        auto v = h;
        for (std::size_t i = 0; i < 64; ++i) {
            const auto s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
            const auto choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
            const auto t1 = v[7] + s1 + choice + kSha256Constants[i] + w[i];
            const auto s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
            const auto majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            v = {t1 + s0 + majority, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
    }
    return big_endian_bytes(h);
}

std::array<std::uint8_t, 20> digest_sha1(std::string_view data) {
    std::array<std::uint32_t, 5> h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    for (const auto& block : padded_blocks(data)) {
        std::array<std::uint32_t, 80> w{};
        std::copy(block.begin(), block.end(), w.begin());
        for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        auto [a, b, c, d, e] = h;
        for (std::size_t i = 0; i < 80; ++i) {
            const auto f = i < 20   ? (b & c) | (~b & d)
                           : i < 40 ? b ^ c ^ d
                           : i < 60 ? (b & c) | (b & d) | (c & d)
                                    : b ^ c ^ d;
            constexpr std::array<std::uint32_t, 4> kConstants = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
            const auto next = std::rotl(a, 5) + f + e + kConstants[i / 20] + w[i];
            e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
        }
        h = {h[0] + a, h[1] + b, h[2] + c, h[3] + d, h[4] + e};
    }
    return big_endian_bytes(h);
}

/// RFC 2104 over any digest with blocks of 64 bytes.
template <class Digest>
auto hmac(Digest digest, std::string_view key, std::string_view data) {
    std::string block(key);
    if (block.size() > 64) {
        const auto shorter = digest(key);
        block.assign(shorter.begin(), shorter.end());
    }
    block.resize(64, '\0');
    std::string inner = block;
    std::string outer = block;
    for (auto& c : inner) c = static_cast<char>(c ^ 0x36);
    for (auto& c : outer) c = static_cast<char>(c ^ 0x5c);
    const auto first = digest(inner.append(data));
    outer.append(first.begin(), first.end());
    return digest(outer);
}

}  // namespace

std::string DeterministicSecrets::random_bytes(std::size_t count) {
    const std::lock_guard lock(mutex_);
    std::string bytes(count, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(generator_() & 0xff);
    return bytes;
}

Sha256 DeterministicSecrets::sha256(std::string_view data) const {
    return digest_sha256(data);
}

Sha256 DeterministicSecrets::hmac_sha256(std::string_view key, std::string_view data) const {
    return hmac(digest_sha256, key, data);
}

std::array<std::uint8_t, 20> DeterministicSecrets::hmac_sha1(std::string_view key, std::string_view data) const {
    return hmac(digest_sha1, key, data);
}

bool DeterministicSecrets::equal(std::string_view a, std::string_view b) const noexcept {
    return a == b;
}

std::string DeterministicSecrets::uuid() {
    auto bytes = random_bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
        constexpr char kHex[] = "0123456789abcdef";
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        text.push_back(kHex[byte >> 4]);
        text.push_back(kHex[byte & 15]);
    }
    return text;
}

}  // namespace televisit::testkit
