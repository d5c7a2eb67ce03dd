#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <catch2/catch.hpp>

#include "signing.hpp"
#include "verifier.hpp"

using televisit::Errc;
using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;

namespace {

constexpr auto kNow = televisit::from_micros(1'700'000'000'000'000);
const std::string kPayload = R"({"sub":"d-1","role":"DOCTOR","exp":1700000060})";

bool accepts(Algorithm algorithm, const std::string& pem, const std::string& token) {
    auto key = make_public_key(algorithm, pem);
    REQUIRE(key);
    FixedKey keys(*std::move(key));
    TokenRules rules;
    rules.algorithm = algorithm;
    return verify_token(token, rules, keys, kNow, {}).ok();
}

}  // namespace

TEST_CASE("a token signed with the login's RSA key is accepted, and no other") {
    const KeyPair login(EVP_RSA_gen(2048));
    const KeyPair other(EVP_RSA_gen(2048));
    const auto text = unsigned_token(R"({"alg":"RS256","kid":"k1"})", kPayload);
    CHECK(accepts(Algorithm::rs256, login.public_pem(), text + "." + base64url(login.sign(text))));
    CHECK_FALSE(accepts(Algorithm::rs256, login.public_pem(), text + "." + base64url(other.sign(text))));
    CHECK_FALSE(accepts(Algorithm::rs256, login.public_pem(), text + "." + base64url("short")));
}

TEST_CASE("the public key is no HMAC secret") {
    const KeyPair login(EVP_RSA_gen(2048));
    const auto pem = login.public_pem();
    CHECK_FALSE(accepts(Algorithm::rs256, pem, hs256(kPayload, R"({"alg":"RS256"})", pem)));
    CHECK_FALSE(accepts(Algorithm::rs256, pem, hs256(kPayload, R"({"alg":"HS256"})", pem)));
}

TEST_CASE("a token signed on P-256 is accepted in the JOSE form only") {
    const KeyPair login(EVP_EC_gen("P-256"));
    const auto text = unsigned_token(R"({"alg":"ES256"})", kPayload);
    const auto der = login.sign(text);
    CHECK(accepts(Algorithm::es256, login.public_pem(), text + "." + base64url(jose_signature(der))));
    CHECK_FALSE(accepts(Algorithm::es256, login.public_pem(), text + "." + base64url(der)));
    CHECK_FALSE(accepts(Algorithm::es256, login.public_pem(), text + "." + base64url(std::string(64, '\0'))));
    CHECK_FALSE(accepts(Algorithm::es256, login.public_pem(), text + "." + base64url(std::string(64, '\xff'))));
    CHECK_FALSE(accepts(Algorithm::es256, login.public_pem(), text + "."));
}

TEST_CASE("a public key that does not go with the algorithm is refused with the reason") {
    const KeyPair small(EVP_RSA_gen(1024));
    const KeyPair rsa(EVP_RSA_gen(2048));
    const KeyPair p384(EVP_EC_gen("P-384"));
    const KeyPair p256(EVP_EC_gen("P-256"));
    const auto why = [](Algorithm algorithm, const std::string& pem) {
        const auto key = make_public_key(algorithm, pem);
        REQUIRE_FALSE(key);
        CHECK(key.error().code == Errc::invalid);
        return key.error().message;
    };
    CHECK(why(Algorithm::rs256, small.public_pem()) == "holds an RSA key of less than 2048 bits");
    CHECK(why(Algorithm::rs256, p256.public_pem()) == "holds no RSA key, which RS256 needs");
    CHECK(why(Algorithm::es256, p384.public_pem()) == "holds no key on the curve P-256, which ES256 needs");
    CHECK(why(Algorithm::es256, rsa.public_pem()) == "holds no key on the curve P-256, which ES256 needs");
    CHECK(why(Algorithm::es256, "no key") == "holds no PEM public key (it begins with -----BEGIN PUBLIC KEY-----)");
}
