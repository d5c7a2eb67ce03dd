#include "jwk_set.hpp"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <catch2/catch.hpp>

#include "signing.hpp"

using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;

namespace {

std::size_t fit(Algorithm algorithm, const std::string& key) {
    const auto set = read_jwk_set(algorithm, jwk_set({key}));
    REQUIRE(set);
    return set->size();
}

std::string fault(const std::string& text) {
    const auto set = read_jwk_set(Algorithm::rs256, text);
    return set ? "accepted" : set.error().message;
}

/// A text with one piece of it replaced.
std::string with(std::string text, const std::string& piece, const std::string& by) {
    const auto place = text.find(piece);
    REQUIRE(place != std::string::npos);
    return text.replace(place, piece.size(), by);
}

}  // namespace

TEST_CASE("keys out of a set check what their owner signed") {
    const KeyPair rsa(EVP_RSA_gen(2048));
    const KeyPair ec(EVP_EC_gen("P-256"));
    const auto text = jwk_set({rsa_jwk(rsa, R"(,"kid":"r","use":"sig","alg":"RS256")"), ec_jwk(ec, R"(,"kid":"e")")});
    const auto for_rsa = read_jwk_set(Algorithm::rs256, text);
    const auto for_ec = read_jwk_set(Algorithm::es256, text);
    REQUIRE(for_rsa);
    REQUIRE(for_ec);
    REQUIRE(for_rsa->keys_for("r").size() == 1);
    REQUIRE(for_ec->keys_for("e").size() == 1);
    CHECK(for_rsa->keys_for("r").front()->holds("text", rsa.sign("text")));
    CHECK_FALSE(for_rsa->keys_for("r").front()->holds("other", rsa.sign("text")));
    CHECK(for_ec->keys_for("e").front()->holds("text", jose_signature(ec.sign("text"))));
    CHECK(for_rsa->keys_for("e").empty());
    CHECK(for_ec->keys_for("r").empty());
}

TEST_CASE("a token without kid may be of any key, and a key without kid of any token") {
    const KeyPair one(EVP_RSA_gen(2048));
    const KeyPair two(EVP_RSA_gen(2048));
    const auto set = read_jwk_set(Algorithm::rs256, jwk_set({rsa_jwk(one, R"(,"kid":"a")"), rsa_jwk(two)}));
    REQUIRE(set);
    CHECK(set->keys_for("").size() == 2);
    CHECK(set->keys_for("a").size() == 2);
    CHECK(set->keys_for("b").size() == 1);
}

TEST_CASE("keys that are for something else are passed over") {
    const KeyPair rsa(EVP_RSA_gen(2048));
    const KeyPair small(EVP_RSA_gen(1024));
    const KeyPair ec(EVP_EC_gen("P-256"));
    const KeyPair p384(EVP_EC_gen("P-384"));
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa)) == 1);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"key_ops":["verify"])")) == 1);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"use":"enc")")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"use":7)")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"alg":"RS512")")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"key_ops":["encrypt"])")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"d":"AQAB")")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"kid":7)")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"kid":"a","kid":"b")")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(rsa, R"(,"kid":")" + std::string(257, 'x') + "\"")) == 0);
    CHECK(fit(Algorithm::rs256, rsa_jwk(small)) == 0);
    CHECK(fit(Algorithm::rs256, ec_jwk(ec)) == 0);
    CHECK(fit(Algorithm::es256, ec_jwk(ec)) == 1);
    CHECK(fit(Algorithm::es256, ec_jwk(p384, "", "P-384")) == 0);
    CHECK(fit(Algorithm::es256, rsa_jwk(rsa)) == 0);
    CHECK(fit(Algorithm::es256, R"({"kty":"oct","k":"c2VjcmV0"})") == 0);
    CHECK(fit(Algorithm::es256, R"("text")") == 0);
}

TEST_CASE("damaged keys are passed over") {
    const KeyPair ec(EVP_EC_gen("P-256"));
    const auto key = ec_jwk(ec);
    const auto zero = base64url(std::string(32, '\0'));
    CHECK(fit(Algorithm::es256, with(key, number_of(ec, OSSL_PKEY_PARAM_EC_PUB_Y, 32), zero)) == 0);
    CHECK(fit(Algorithm::es256, with(key, number_of(ec, OSSL_PKEY_PARAM_EC_PUB_X, 32), "AA")) == 0);
    CHECK(fit(Algorithm::es256, with(key, R"("x":)", R"("z":)")) == 0);
    const KeyPair rsa(EVP_RSA_gen(2048));
    CHECK(fit(Algorithm::rs256, with(rsa_jwk(rsa), R"("AQAB")", R"("AQ==")")) == 0);
    CHECK(fit(Algorithm::rs256, with(rsa_jwk(rsa), R"("AQAB")", R"("Ag")")) == 0);
    CHECK(fit(Algorithm::rs256, with(rsa_jwk(rsa), R"("AQAB")", R"("")")) == 0);
    const auto huge = base64url(std::string(1025, '\xff'));
    CHECK(fit(Algorithm::rs256, with(rsa_jwk(rsa), number_of(rsa, OSSL_PKEY_PARAM_RSA_N), huge)) == 0);
}

TEST_CASE("what is no key set, or one beyond measure, is refused") {
    CHECK(fault("") == "is no JSON Web Key Set");
    CHECK(fault("<html>") == "is no JSON Web Key Set");
    CHECK(fault("[]") == "is no JSON Web Key Set");
    CHECK(fault(R"({"keys":{}})") == "is no JSON Web Key Set");
    CHECK(fault(R"({"keys":[],"keys":[]})") == "is no JSON Web Key Set");
    CHECK(fault(R"({"keys":[]})") == "accepted");
    std::string many = "{}";
    for (int i = 0; i < 64; ++i) many += ",{}";
    CHECK(fault(R"({"keys":[)" + many + "]}") == "has more than 64 keys");
    CHECK(fault(R"({"keys":[)" + std::string(300'000, ' ') + "]}") == "is longer than 256 KiB");
}
