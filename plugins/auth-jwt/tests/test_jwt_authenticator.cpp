#include <openssl/rsa.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "jwt_authenticator.hpp"
#include "signing.hpp"
#include "televisit/testkit/fake_host.hpp"

using namespace std::chrono_literals;
using namespace televisit;
using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;
using testkit::FakeConfig;
using testkit::FakeHost;

namespace {

using Values = std::initializer_list<std::pair<std::string, FakeConfig::Value>>;

FakeConfig with(Values values) {
    FakeConfig config{{"algorithm", "HS256"},  {"secret", ""},
                      {"public_key_file", ""}, {"issuer", ""},
                      {"audience", ""},        {"leeway", 30s},
                      {"max_token", 8192},     {"role_claim", "role"},
                      {"name_claim", "name"},  {"role_names", std::vector<FakeConfig>{}},
                      {"jwks_file", ""},       {"jwks_url", ""},
                      {"jwks_ca_file", ""},    {"jwks_max_age", 10min},
                      {"jwks_max_stale", 24h}, {"jwks_cooldown", 30s},
                      {"jwks_retry", 5s},      {"jwks_timeout", 3s}};
    for (const auto& [key, value] : values) config.set(key, value);
    return config;
}

std::string refusal(Values values) {
    FakeHost host(with(values));
    try {
        const JwtAuthenticator plugin(host);
    } catch (const std::invalid_argument& failure) {
        return failure.what();
    }
    return "accepted";
}

bool says(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

/// A folder for key files that goes when the test ends.
class Folder {
  public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "televisit-keys-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

  private:
    std::filesystem::path path_;
};

std::string payload(FakeHost& host, std::int64_t lifetime, const std::string& role = "DOCTOR") {
    const auto now = to_micros(host.manual_clock.now()) / 1'000'000;
    return R"({"sub":"d-1","role":")" + role + R"(","exp":)" + std::to_string(now + lifetime) + "}";
}

}  // namespace

TEST_CASE("a configured secret admits the tokens that are signed with it") {
    FakeHost host(
        with({{"secret", kSecret}, {"role_names", std::vector{FakeConfig{{"name", "arzt"}, {"role", "DOCTOR"}}}}}));
    JwtAuthenticator plugin(host);
    REQUIRE(plugin.ports().authenticator == &plugin);
    REQUIRE(plugin.start(host.context()));
    const auto claims = plugin.authenticate(hs256(payload(host, 60, "Arzt")), host.context());
    REQUIRE(claims);
    CHECK(claims->role == Role::doctor);
    host.manual_clock.advance(91s);
    CHECK_FALSE(plugin.authenticate(hs256(payload(host, -31)), host.context()));
}

TEST_CASE("what became of credentials is counted, and none of it is logged") {
    FakeHost host(with({{"secret", kSecret}}));
    JwtAuthenticator plugin(host);
    REQUIRE(plugin.start(host.context()));
    const auto good = hs256(payload(host, 60));
    CHECK(plugin.authenticate(good, host.context()));
    CHECK_FALSE(plugin.authenticate(hs256(payload(host, -60)), host.context()));
    CHECK_FALSE(plugin.authenticate(good + "x", host.context()));
    CHECK_FALSE(plugin.authenticate("nonsense", host.context()));
    const auto count = [&](const char* result) {
        return host.registry.value("televisit_auth_jwt_credentials_total", {{"result", result}});
    };
    CHECK(count("accepted") == 1);
    CHECK(count("expired") == 1);
    CHECK(count("refused") == 2);
    CHECK_FALSE(host.log.mentions(good));
    CHECK_FALSE(host.log.mentions(kSecret));
}

TEST_CASE("a configuration that cannot work is refused, without showing the secret") {
    CHECK(says(refusal({}), "secret: HS256 needs a secret of at least 32 bytes"));
    CHECK_FALSE(says(refusal({{"secret", "hunter2"}}), "hunter2"));
    CHECK(
        says(refusal({{"secret", kSecret}, {"public_key_file", "k.pem"}}), "public_key_file: is not used with HS256"));
    CHECK(
        says(refusal({{"algorithm", "RS256"}}), "RS256 and ES256 need one of public_key_file, jwks_file and jwks_url"));
    CHECK(says(refusal({{"algorithm", "ES256"}, {"public_key_file", "k.pem"}, {"secret", kSecret}}),
               "secret: is used with HS256 only"));
    CHECK(says(refusal({{"algorithm", "RS256"}, {"jwks_file", "k.json"}, {"jwks_url", "https://login.example/keys"}}),
               "jwks_url: is one too many"));
    CHECK(
        says(refusal({{"algorithm", "RS256"}, {"jwks_url", "http://login.example/keys"}}), "jwks_url: must be https"));
    CHECK(says(refusal({{"algorithm", "RS256"}, {"jwks_file", "k.json"}, {"jwks_ca_file", "ca.pem"}}),
               "jwks_ca_file: is used with jwks_url only"));
    CHECK(says(refusal({{"algorithm", "RS256"}, {"jwks_file", "k.json"}, {"jwks_max_stale", 1min}}),
               "jwks_max_stale: must not be less than jwks_max_age"));
    CHECK(says(
        refusal({{"secret", kSecret}, {"role_names", std::vector{FakeConfig{{"name", "admin"}, {"role", "GUEST"}}}}}),
        "role_names: the role name 'admin' is taken already"));
}

TEST_CASE("a public key is read from its file when the plugin starts") {
    const Folder folder;
    const KeyPair login(EVP_RSA_gen(2048));
    FakeHost host(with({{"algorithm", "RS256"}, {"public_key_file", folder.write("login.pem", login.public_pem())}}));
    JwtAuthenticator plugin(host);
    REQUIRE(plugin.start(host.context()));
    const auto text = unsigned_token(R"({"alg":"RS256"})", payload(host, 60));
    CHECK(plugin.authenticate(text + "." + base64url(login.sign(text)), host.context()));
}

TEST_CASE("a key file that is no use ends the start with its reason") {
    const Folder folder;
    const auto fault = [&](const std::string& file) {
        FakeHost host(with({{"algorithm", "RS256"}, {"public_key_file", file}}));
        JwtAuthenticator plugin(host);
        const auto started = plugin.start(host.context());
        REQUIRE_FALSE(started);
        return started.error().message;
    };
    CHECK(says(fault("/nowhere/login.pem"), "public_key_file: cannot be read"));
    CHECK(says(fault(folder.write("empty.pem", "")), "public_key_file: cannot be read, is empty"));
    CHECK(says(fault(folder.write("text.pem", "hello")), "public_key_file: holds no PEM public key"));
    CHECK(says(fault(folder.write("big.pem", std::string(70'000, 'x'))), "or is no key file"));
}

TEST_CASE("a key set is read from its file when the plugin starts, and again when a token names a new key") {
    const Folder folder;
    const KeyPair first(EVP_RSA_gen(2048));
    const KeyPair second(EVP_RSA_gen(2048));
    const auto file = folder.write("keys.json", jwk_set({rsa_jwk(first, R"(,"kid":"a")")}));
    FakeHost host(with({{"algorithm", "RS256"}, {"jwks_file", file}}));
    JwtAuthenticator plugin(host);
    REQUIRE(plugin.start(host.context()));
    CHECK(plugin.authenticate(rs256(first, R"({"alg":"RS256","kid":"a"})", payload(host, 60)), host.context()));

    folder.write("keys.json", jwk_set({rsa_jwk(second, R"(,"kid":"b")")}));
    host.manual_clock.advance(31s);
    CHECK(plugin.authenticate(rs256(second, R"({"alg":"RS256","kid":"b"})", payload(host, 60)), host.context()));
    CHECK_FALSE(plugin.authenticate(rs256(first, R"({"alg":"RS256","kid":"a"})", payload(host, 60)), host.context()));
}

TEST_CASE("a key set file that cannot be read ends the start; a key server that is away does not") {
    FakeHost without_file(with({{"algorithm", "ES256"}, {"jwks_file", "/nowhere/keys.json"}}));
    JwtAuthenticator plugin(without_file);
    const auto started = plugin.start(without_file.context());
    REQUIRE_FALSE(started);
    CHECK(says(started.error().message, "jwks_file: cannot be read"));

    FakeHost host(with({{"algorithm", "ES256"}, {"jwks_url", "http://127.0.0.1:1/keys"}}));
    JwtAuthenticator waiting(host);
    REQUIRE(waiting.start(host.context()));
    const auto refused = waiting.authenticate(hs256(payload(host, 60), R"({"alg":"ES256"})"), host.context());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::unavailable);
    CHECK(refused.error().reason == "keys_unavailable");
    CHECK(refused.error().retry_after >= 1s);
    CHECK(host.registry.value("televisit_auth_jwt_credentials_total", {{"result", "no_keys"}}) == 1);
}
