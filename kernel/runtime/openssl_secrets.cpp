#include "runtime/openssl_secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <stdexcept>

namespace televisit::runtime {
namespace {

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t Size>
std::array<std::uint8_t, Size> hmac(const EVP_MD* digest, std::string_view key, std::string_view data) {
    std::array<std::uint8_t, Size> code{};
    unsigned int size = 0;
    // A null key means "the key of the last call" to OpenSSL.
    static constexpr char kEmpty[] = "";
    const char* const key_data = key.empty() ? kEmpty : key.data();
    if (!HMAC(digest, key_data, static_cast<int>(key.size()), bytes_of(data), data.size(), code.data(), &size) ||
        size != Size)
        throw std::runtime_error("HMAC failed");
    return code;
}

}  // namespace

std::string OpensslSecrets::random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (count != 0 && RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("the random generator failed");
    return bytes;
}

Sha256 OpensslSecrets::sha256(std::string_view data) const {
    Sha256 digest{};
    SHA256(bytes_of(data), data.size(), digest.data());
    return digest;
}

Sha256 OpensslSecrets::hmac_sha256(std::string_view key, std::string_view data) const {
    return hmac<32>(EVP_sha256(), key, data);
}

std::array<std::uint8_t, 20> OpensslSecrets::hmac_sha1(std::string_view key, std::string_view data) const {
    return hmac<20>(EVP_sha1(), key, data);
}

bool OpensslSecrets::equal(std::string_view a, std::string_view b) const noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string OpensslSecrets::uuid() {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string random = random_bytes(16);
    random[6] = static_cast<char>((random[6] & 0x0F) | 0x40);  // version 4
    random[8] = static_cast<char>((random[8] & 0x3F) | 0x80);  // RFC 9562 variant
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        const auto byte = static_cast<unsigned char>(random[i]);
        text += kHex[byte >> 4];
        text += kHex[byte & 0x0F];
    }
    return text;
}

}  // namespace televisit::runtime
