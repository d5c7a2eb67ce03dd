#include <catch2/catch.hpp>

#include <set>

#include "runtime/openssl_secrets.hpp"

using televisit::runtime::OpensslSecrets;

namespace {

template <class Bytes>
std::string hex(const Bytes& bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text += kDigits[static_cast<unsigned char>(byte) >> 4];
        text += kDigits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
    OpensslSecrets secrets;
    CHECK(hex(secrets.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(secrets.sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("HMAC gives the codes of RFC 4231 and RFC 2202, and takes an empty key") {
    OpensslSecrets secrets;
    CHECK(hex(secrets.hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(secrets.hmac_sha1("Jefe", "what do ya want for nothing?")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(hex(secrets.hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("texts are equal when all their bytes are") {
    OpensslSecrets secrets;
    CHECK(secrets.equal("abc", "abc"));
    CHECK(secrets.equal("", ""));
    CHECK_FALSE(secrets.equal("abc", "abd"));
    CHECK_FALSE(secrets.equal("abc", "ab"));
}

TEST_CASE("random bytes and UUIDs do not repeat, and a UUID is of version 4") {
    OpensslSecrets secrets;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string uuid = secrets.uuid();
        REQUIRE(uuid.size() == 36);
        CHECK(uuid[14] == '4');
        CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
        seen.insert(uuid);
        seen.insert(secrets.random_bytes(16));
    }
    CHECK(seen.size() == 2000);
    CHECK(secrets.random_bytes(0).empty());
}
