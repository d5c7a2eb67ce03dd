#pragma once
/// Makes tokens, good and bad, for the tests.

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "televisit/testkit/deterministic_secrets.hpp"

namespace televisit::auth_jwt::testing {

inline const std::string kSecret = "0123456789abcdef0123456789abcdef";

inline std::string base64url(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (held += 8; held >= 6;) {
            held -= 6;
            text.push_back(kAlphabet[bits >> held & 63U]);
        }
    }
    if (held > 0) text.push_back(kAlphabet[bits << (6 - held) & 63U]);
    return text;
}

inline std::string unsigned_token(std::string_view header, std::string_view payload) {
    return base64url(header) + "." + base64url(payload);
}

/// A token signed with HMAC-SHA256, whatever its header claims.
inline std::string hs256(std::string_view payload, std::string_view header = R"({"alg":"HS256","typ":"JWT"})",
                         std::string_view secret = kSecret) {
    const auto text = unsigned_token(header, payload);
    const auto digest = testkit::DeterministicSecrets().hmac_sha256(secret, text);
    return text + "." + base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

/// A fresh key pair: `EVP_PKEY*` to sign with, and its public half as PEM.
struct KeyPair {
    explicit KeyPair(EVP_PKEY* made) : key(made) {}
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair() { EVP_PKEY_free(key); }

    std::string public_pem() const {
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(out, key);
        char* data = nullptr;
        const auto size = BIO_get_mem_data(out, &data);
        std::string pem(data, static_cast<std::size_t>(size));
        BIO_free(out);
        return pem;
    }

    /// The signature as OpenSSL writes it: DER for ECDSA.
    std::string sign(std::string_view text) const {
        EVP_MD_CTX* digest = EVP_MD_CTX_new();
        std::string signature(1024, '\0');
        std::size_t size = signature.size();
        EVP_DigestSignInit(digest, nullptr, EVP_sha256(), nullptr, key);
        EVP_DigestSign(digest, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(digest);
        signature.resize(size);
        return signature;
    }

    EVP_PKEY* key;
};

/// r and s side by side, out of DER.
inline std::string jose_signature(const std::string& der, std::size_t half = 32) {
    const auto* data = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()));
    std::string raw(2 * half, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(half));
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(raw.data()) + half, static_cast<int>(half));
    ECDSA_SIG_free(parts);
    return raw;
}

/// One number of a key as JWK has it, padded to `size` bytes.
inline std::string number_of(const KeyPair& pair, const char* name, int size = 0) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(pair.key, name, &number);
    std::string bytes(static_cast<std::size_t>(std::max(size, BN_num_bytes(number))), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(number);
    return base64url(bytes);
}

/// The public half as a JSON Web Key; `more` are further members, with their comma.
inline std::string rsa_jwk(const KeyPair& pair, const std::string& more = "") {
    return R"({"kty":"RSA","n":")" + number_of(pair, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
           number_of(pair, OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
}

inline std::string ec_jwk(const KeyPair& pair, const std::string& more = "", const std::string& curve = "P-256") {
    const int size = curve == "P-256" ? 32 : 48;
    return R"({"kty":"EC","crv":")" + curve + R"(","x":")" + number_of(pair, OSSL_PKEY_PARAM_EC_PUB_X, size) +
           R"(","y":")" + number_of(pair, OSSL_PKEY_PARAM_EC_PUB_Y, size) + "\"" + more + "}";
}

inline std::string jwk_set(std::initializer_list<std::string> keys) {
    std::string text = R"({"keys":[)";
    for (const auto& key : keys) text += (text.back() == '[' ? "" : ",") + key;
    return text + "]}";
}

inline std::string rs256(const KeyPair& pair, std::string_view header, std::string_view payload) {
    const auto text = unsigned_token(header, payload);
    return text + "." + base64url(pair.sign(text));
}

}  // namespace televisit::auth_jwt::testing
