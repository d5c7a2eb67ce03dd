#include "keys.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <optional>
#include <utility>

namespace televisit::auth_jwt {

namespace {

constexpr std::size_t kHs256Size = 32;
constexpr std::size_t kEs256Half = 32;
constexpr int kMinRsaBits = 2048;
/// What a larger key would cost each login is nothing that a key set may choose.
constexpr int kMaxRsaBits = 8192;

template <auto Function>
struct Release {
    template <class T>
    void operator()(T* object) const noexcept {
        Function(object);
    }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using BioHandle = std::unique_ptr<BIO, Release<BIO_free_all>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

class HmacKey final : public VerificationKey {
  public:
    HmacKey(std::string secret, const Secrets& secrets) : secret_(std::move(secret)), secrets_(secrets) {}

    bool holds(std::string_view signed_text, std::string_view signature) const override {
        if (signature.size() != kHs256Size) return false;
        const auto expected = secrets_.hmac_sha256(secret_, signed_text);
        return secrets_.equal({reinterpret_cast<const char*>(expected.data()), expected.size()}, signature);
    }

  private:
    std::string secret_;
    const Secrets& secrets_;
};

/// JOSE writes an ECDSA signature as r and s side by side (RFC 7518 §3.4), OpenSSL reads it as DER.
std::optional<std::string> der_signature(std::string_view signature) {
    if (signature.size() != 2 * kEs256Half) return std::nullopt;
    EcSignature parts(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes(signature), kEs256Half, nullptr);
    BIGNUM* s = BN_bin2bn(bytes(signature) + kEs256Half, kEs256Half, nullptr);
    if (!parts || r == nullptr || s == nullptr || ECDSA_SIG_set0(parts.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return std::nullopt;
    }
    std::array<unsigned char, 80> der{};
    unsigned char* end = der.data();
    const int size = i2d_ECDSA_SIG(parts.get(), &end);
    if (size <= 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(der.data()), static_cast<std::size_t>(size));
}

class PublicKey final : public VerificationKey {
  public:
    PublicKey(Algorithm algorithm, KeyHandle key) : algorithm_(algorithm), key_(std::move(key)) {}

    bool holds(std::string_view signed_text, std::string_view signature) const override {
        if (algorithm_ == Algorithm::rs256) return verify(signed_text, signature);
        const auto der = der_signature(signature);
        return der && verify(signed_text, *der);
    }

  private:
    bool verify(std::string_view signed_text, std::string_view signature) const {
        const DigestHandle digest(EVP_MD_CTX_new());
        const bool good = digest &&
                          EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                          EVP_DigestVerify(digest.get(), bytes(signature), signature.size(), bytes(signed_text),
                                           signed_text.size()) == 1;
        // What a bad signature leaves in this thread's queue would be blamed on the next caller.
        ERR_clear_error();
        return good;
    }

    Algorithm algorithm_;
    KeyHandle key_;
};

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) return false;
    const std::string_view name(group.data(), size);
    return name == "prime256v1" || name == "P-256";
}

/// A public key out of its numbers; nothing when they do not make one.
KeyHandle key_from(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext maker(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    const bool good = parameters && maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
                      EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    KeyHandle key(good ? made : nullptr);
    const KeyContext checker(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
    if (!checker || EVP_PKEY_public_check(checker.get()) != 1) key.reset();
    ERR_clear_error();
    return key;
}

}  // namespace

std::string_view to_string(Algorithm algorithm) noexcept {
    switch (algorithm) {
        case Algorithm::hs256:
            return "HS256";
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::es256:
            return "ES256";
    }
    return "HS256";
}

std::shared_ptr<const VerificationKey> make_hmac_key(std::string secret, const Secrets& secrets) {
    return std::make_shared<const HmacKey>(std::move(secret), secrets);
}

Result<std::shared_ptr<const VerificationKey>> make_public_key(Algorithm algorithm, const std::string& pem) {
    const BioHandle text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    KeyHandle key(PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!key) return error(Errc::invalid, "holds no PEM public key (it begins with -----BEGIN PUBLIC KEY-----)");
    if (algorithm == Algorithm::rs256) {
        if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
            return error(Errc::invalid, "holds no RSA key, which RS256 needs");
        if (EVP_PKEY_get_bits(key.get()) < kMinRsaBits)
            return error(Errc::invalid, "holds an RSA key of less than 2048 bits");
    } else if (algorithm != Algorithm::es256 || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC || !is_p256(key.get())) {
        return error(Errc::invalid, "holds no key on the curve P-256, which ES256 needs");
    }
    return std::shared_ptr<const VerificationKey>(std::make_shared<const PublicKey>(algorithm, std::move(key)));
}

Result<std::shared_ptr<const VerificationKey>> make_rsa_key(std::string_view modulus, std::string_view exponent) {
    // Long numbers are refused before anything is computed with them.
    if (modulus.size() > kMaxRsaBits / 8 || exponent.size() > 8) return error(Errc::invalid, "is no fit RSA key");
    const Number n(BN_bin2bn(bytes(modulus), static_cast<int>(modulus.size()), nullptr));
    const Number e(BN_bin2bn(bytes(exponent), static_cast<int>(exponent.size()), nullptr));
    if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits)
        return error(Errc::invalid, "holds an RSA key of less than 2048 bits");
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    KeyHandle key;
    if (builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1)
        key = key_from("RSA", builder.get());
    if (!key) return error(Errc::invalid, "is no fit RSA key");
    return std::shared_ptr<const VerificationKey>(std::make_shared<const PublicKey>(Algorithm::rs256, std::move(key)));
}

Result<std::shared_ptr<const VerificationKey>> make_p256_key(std::string_view x, std::string_view y) {
    if (x.size() != kEs256Half || y.size() != kEs256Half) return error(Errc::invalid, "is no point of P-256");
    const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed, SEC 1 §2.3.3
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    KeyHandle key;
    if (builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1)
        key = key_from("EC", builder.get());
    if (!key) return error(Errc::invalid, "is no point of P-256");
    return std::shared_ptr<const VerificationKey>(std::make_shared<const PublicKey>(Algorithm::es256, std::move(key)));
}

}  // namespace televisit::auth_jwt
