#include <catch2/catch.hpp>

#include "signing.hpp"
#include "verifier.hpp"

using namespace std::chrono_literals;
using televisit::Claims;
using televisit::Errc;
using televisit::Result;
using televisit::Role;
using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;

namespace {

constexpr auto kNow = televisit::from_micros(1'700'000'000'000'000);
const std::string kGood = R"({"sub":"d-1","role":"DOCTOR","exp":1700000060})";

Result<Claims> verify(const std::string& token, const TokenRules& rules = {}) {
    static const televisit::testkit::DeterministicSecrets secrets;
    FixedKey keys(make_hmac_key(kSecret, secrets));
    return verify_token(token, rules, keys, kNow, {});
}

std::string refusal(const Result<Claims>& result) {
    REQUIRE_FALSE(result);
    REQUIRE(result.error().code == Errc::unauthenticated);
    return result.error().reason == "invalid_token" ? result.error().detail : result.error().reason;
}

}  // namespace

TEST_CASE("a good token names its user, role, name and end") {
    const auto claims =
        verify(hs256(R"({"sub":"d-1","role":"DOCTOR","name":"Dr. Öztürk","exp":1700000060.5,"iat":1})"));
    REQUIRE(claims);
    CHECK(claims->user.str() == "d-1");
    CHECK(claims->role == Role::doctor);
    CHECK(claims->display_name == "Dr. Öztürk");
    CHECK(claims->expires_at == kNow + 60'500ms);
}

TEST_CASE("a token has exactly three parts") {
    const auto good = hs256(kGood);
    CHECK(refusal(verify("")) == "a token has exactly three parts");
    CHECK(refusal(verify("abc")) == "a token has exactly three parts");
    CHECK(refusal(verify("a.b")) == "a token has exactly three parts");
    CHECK(refusal(verify(good + ".x")) == "a token has exactly three parts");
    CHECK(refusal(verify(good + ".")) == "a token has exactly three parts");
}

TEST_CASE("every part of a token is plain base64url without padding") {
    const auto good = hs256(kGood);
    CHECK(refusal(verify(good + "=")) == "a part is not base64url");
    CHECK(refusal(verify(" " + good)) == "a part is not base64url");
    CHECK(refusal(verify(good + "\n")) == "a part is not base64url");
    auto twin = good;  // the same bytes, spelled with a stray bit in the last character
    twin.back() = static_cast<char>(twin.back() + 1);
    CHECK(refusal(verify(twin)) == "a part is not base64url");
}

TEST_CASE("a token that is too long is refused unread") {
    TokenRules rules;
    rules.max_size = 256;
    CHECK(refusal(verify(std::string(257, '.'), rules)) == "the token is too long");
}

TEST_CASE("a signature that does not hold is refused") {
    CHECK(refusal(verify(hs256(kGood, R"({"alg":"HS256"})", "another secret of thirty-two bytes"))) ==
          "the signature does not hold");
    auto token = hs256(kGood);
    token[token.rfind('.') + 1] = token[token.rfind('.') + 1] == 'A' ? 'B' : 'A';
    CHECK(refusal(verify(token)) == "the signature does not hold");
    CHECK(refusal(verify(unsigned_token(R"({"alg":"HS256"})", kGood) + ".")) == "the signature is empty");
    CHECK(refusal(verify(unsigned_token(R"({"alg":"HS256"})", kGood) + ".YWJj")) == "the signature does not hold");
}

TEST_CASE("the algorithm is the configured one, whatever a token says") {
    for (const auto* alg : {"none", "None", "HS512", "RS256", "hs256", ""})
        CHECK(refusal(verify(hs256(kGood, std::string(R"({"alg":")") + alg + "\"}"))) ==
              "alg is not the configured one");
    CHECK(refusal(verify(hs256(kGood, R"({"typ":"JWT"})"))) == "alg is missing or no text");
    CHECK(refusal(verify(hs256(kGood, R"({"alg":256})"))) == "alg is missing or no text");
}

TEST_CASE("critical extensions and tokens for other purposes are refused") {
    CHECK(refusal(verify(hs256(kGood, R"({"alg":"HS256","crit":["b64"],"b64":false})"))) ==
          "the header has crit, and no extension is understood");
    CHECK(refusal(verify(hs256(kGood, R"({"alg":"HS256","typ":"logout+jwt"})"))) ==
          "typ is not that of an access token");
    CHECK(refusal(verify(hs256(kGood, R"({"alg":"HS256","typ":7})"))) == "typ is not that of an access token");
    CHECK(verify(hs256(kGood, R"({"alg":"HS256","typ":"at+JWT"})")));
    CHECK(verify(hs256(kGood, R"({"alg":"HS256"})")));
}

TEST_CASE("a name that comes twice is refused, for readers disagree on which one counts") {
    CHECK(refusal(verify(hs256(kGood, R"({"alg":"HS256","alg":"none"})"))) ==
          "the header is not a JSON object with distinct names");
    CHECK(refusal(verify(hs256(R"({"sub":"d-1","sub":"d-2","role":"DOCTOR","exp":1700000060})"))) ==
          "the payload is not a JSON object with distinct names");
    CHECK(refusal(verify(hs256(R"({"sub":"d-1","s\u0075b":"d-2","role":"DOCTOR","exp":1700000060})"))) ==
          "the payload is not a JSON object with distinct names");
}

TEST_CASE("a payload that is no JSON object is refused") {
    for (const auto* payload : {"", "[]", "7", "\"x\"", "{", "{}x", "{\"sub\":\"\xff\"}"})
        CHECK(refusal(verify(hs256(payload))) == "the payload is not a JSON object with distinct names");
    CHECK(refusal(verify(hs256(std::string(100, '[')))) == "the payload is not a JSON object with distinct names");
}

TEST_CASE("exp is required and a number") {
    CHECK(refusal(verify(hs256(R"({"sub":"d-1","role":"DOCTOR"})"))) == "exp is missing or no date");
    for (const auto* exp : {"\"1700000060\"", "null", "true", "1e300", "-1e300"})
        CHECK(refusal(verify(hs256(std::string(R"({"sub":"d-1","role":"DOCTOR","exp":)") + exp + "}"))) ==
              "exp is missing or no date");
}

TEST_CASE("a token ends at exp and the leeway") {
    const auto ending = [](int exp) {
        return hs256(R"({"sub":"d-1","role":"DOCTOR","exp":)" + std::to_string(exp) + "}");
    };
    CHECK(verify(ending(1'700'000'000 - 29)));
    CHECK(refusal(verify(ending(1'700'000'000 - 30))) == "token_expired");
    TokenRules strict;
    strict.leeway = 0ms;
    CHECK(verify(ending(1'700'000'001), strict));
    CHECK(refusal(verify(ending(1'700'000'000), strict)) == "token_expired");
}

TEST_CASE("a token begins at nbf less the leeway") {
    const auto beginning = [](std::string nbf) {
        return hs256(R"({"sub":"d-1","role":"DOCTOR","exp":1700009999,"nbf":)" + nbf + "}");
    };
    CHECK(verify(beginning("1700000030")));
    CHECK(refusal(verify(beginning("1700000031"))) == "token_not_yet_valid");
    CHECK(refusal(verify(beginning("\"soon\""))) == "nbf is no date");
}

TEST_CASE("the issuer is checked when one is configured") {
    TokenRules rules;
    rules.issuer = "https://login.example";
    const auto from = [](std::string iss) {
        return hs256(R"({"sub":"d-1","role":"DOCTOR","exp":1700000060,"iss":)" + iss + "}");
    };
    CHECK(verify(from("\"https://login.example\""), rules));
    CHECK(refusal(verify(from("\"https://login.example/\""), rules)) == "iss is not the configured one");
    CHECK(refusal(verify(hs256(kGood), rules)) == "iss is not the configured one");
    CHECK(refusal(verify(from("[]"))) == "iss is no text");
}

TEST_CASE("the audience is checked when one is configured, as a text or in a list") {
    TokenRules rules;
    rules.audience = "televisit";
    const auto to = [](std::string aud) {
        return hs256(R"({"sub":"d-1","role":"DOCTOR","exp":1700000060,"aud":)" + aud + "}");
    };
    CHECK(verify(to("\"televisit\""), rules));
    CHECK(verify(to(R"(["portal","televisit"])"), rules));
    CHECK(refusal(verify(to(R"(["portal"])"), rules)) == "aud does not have the configured one");
    CHECK(refusal(verify(hs256(kGood), rules)) == "aud does not have the configured one");
    CHECK(refusal(verify(to("[1]"), rules)) == "aud is neither a text nor a list of texts");
}

TEST_CASE("sub is a text of 1 to 64 characters without control characters") {
    const auto of = [](const std::string& sub) {
        return hs256(R"({"role":"PATIENT","exp":1700000060,"sub":)" + sub + "}");
    };
    CHECK(verify(of("\"" + std::string(64, 'x') + "\"")));
    const std::string why = "sub is empty, longer than 64 characters, or has control characters";
    CHECK(refusal(verify(of("\"" + std::string(65, 'x') + "\""))) == why);
    CHECK(refusal(verify(of("\"\""))) == why);
    CHECK(refusal(verify(of(R"("a\u0000b")"))) == why);
    CHECK(refusal(verify(of("42"))) == "sub is missing or no text");
    CHECK(refusal(verify(hs256(R"({"role":"PATIENT","exp":1700000060})"))) == "sub is missing or no text");
}

TEST_CASE("the role is one of ours in any case, or a configured name") {
    TokenRules rules;
    rules.roles = RoleNames({{"Physician", Role::doctor}});
    rules.claim_names.role = "position";
    const auto as = [](std::string role) { return hs256(R"({"sub":"x","exp":1700000060,"position":)" + role + "}"); };
    CHECK(verify(as("\"OBSERVER\""), rules)->role == Role::observer);
    CHECK(verify(as("\"patient\""), rules)->role == Role::patient);
    CHECK(verify(as("\"physician\""), rules)->role == Role::doctor);
    CHECK(refusal(verify(as("\"NURSE\""), rules)) == "the role is unknown");
    CHECK(refusal(verify(as("[\"DOCTOR\"]"), rules)) == "the role claim is missing or no text");
    CHECK(refusal(verify(hs256(kGood), rules)) == "the role claim is missing or no text");
}

TEST_CASE("a name that cannot be shown is left out") {
    const auto named = [](std::string name) {
        return hs256(R"({"sub":"x","role":"GUEST","exp":1700000060,"name":)" + name + "}");
    };
    CHECK(verify(named("7"))->display_name.empty());
    CHECK(verify(named("\"a\\nb\""))->display_name.empty());
    CHECK(verify(named("\"" + std::string(129, 'n') + "\""))->display_name.empty());
}

TEST_CASE("a further role name that is taken is refused") {
    CHECK_THROWS_AS(RoleNames({{"doctor", Role::patient}}), std::invalid_argument);
    CHECK_THROWS_AS(RoleNames({{"nurse", Role::guest}, {"NURSE", Role::observer}}), std::invalid_argument);
}

TEST_CASE("no refusal quotes the token") {
    const auto token = hs256(R"({"sub":"very-secret-name","role":"NURSE","exp":1700000060})");
    const auto refused = verify(token);
    REQUIRE_FALSE(refused);
    for (const auto& text : {refused.error().message, refused.error().detail}) {
        CHECK(text.find("very-secret-name") == std::string::npos);
        CHECK(text.find("NURSE") == std::string::npos);
    }
}
