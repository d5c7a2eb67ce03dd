#include "jwt_authenticator.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace televisit::auth_jwt {

namespace {

constexpr std::size_t kMinSecret = 32;
constexpr std::size_t kMaxKeyFile = 64 * 1024;

[[noreturn]] void refuse(const ConfigView& config, std::string_view key, std::string_view why) {
    throw std::invalid_argument(config.where(key) + ": " + std::string(key) + ": " + std::string(why));
}

Algorithm algorithm_of(const std::string& name) {
    for (const auto algorithm : {Algorithm::hs256, Algorithm::rs256, Algorithm::es256})
        if (name == to_string(algorithm)) return algorithm;
    throw std::invalid_argument("unknown algorithm " + name);
}

RoleNames role_names_of(const ConfigView& config) {
    std::vector<std::pair<std::string, Role>> further;
    for (const auto& entry : config.sections("role_names"))
        further.emplace_back(entry->string("name"), parse_role(entry->string("role")).value_or(Role::guest));
    try {
        return RoleNames(std::move(further));
    } catch (const std::invalid_argument& taken) {
        refuse(config, "role_names", taken.what());
    }
}

TokenRules rules_of(const ConfigView& config) {
    return {algorithm_of(config.string("algorithm")),
            config.bytes("max_token"),
            config.duration("leeway"),
            config.string("issuer"),
            config.string("audience"),
            {config.string("role_claim"), config.string("name_claim")},
            role_names_of(config)};
}

/// Each algorithm needs its own kind of key, and the other kind beside it would be a misunderstanding.
void check_key_settings(const ConfigView& config, Algorithm algorithm) {
    const auto secret = config.string("secret");
    const auto file = config.string("public_key_file");
    if (algorithm == Algorithm::hs256) {
        if (secret.size() < kMinSecret) refuse(config, "secret", "HS256 needs a secret of at least 32 bytes");
        if (!file.empty())
            refuse(config, "public_key_file", "is not used with HS256; remove it, or choose RS256 or ES256");
    } else {
        if (file.empty()) refuse(config, "public_key_file", "is needed for RS256 and ES256");
        if (!secret.empty()) refuse(config, "secret", "is used with HS256 only; remove it, or choose HS256");
    }
}

Result<std::string> read_key_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    std::string text(kMaxKeyFile, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || !file.eof() || file.gcount() == 0)
        return error(Errc::invalid, "cannot be read, is empty, or is no key file");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

JwtAuthenticator::JwtAuthenticator(Host& host)
    : host_(host),
      rules_(rules_of(host.config())),
      accepted_(outcome("accepted")),
      refused_(outcome("refused")),
      expired_(outcome("expired")),
      without_keys_(outcome("no_keys")) {
    check_key_settings(host.config(), rules_.algorithm);
}

Counter& JwtAuthenticator::outcome(std::string_view result) {
    return host_.metrics().counter("televisit_auth_jwt_credentials_total", "JSON Web Tokens checked, by result.",
                                   {{"result", std::string(result)}});
}

ProvidedPorts JwtAuthenticator::ports() {
    ProvidedPorts ports;
    ports.authenticator = this;
    return ports;
}

Result<void> JwtAuthenticator::start(const CallContext&) {
    const auto& config = host_.config();
    if (rules_.algorithm == Algorithm::hs256) {
        keys_ = std::make_unique<FixedKey>(make_hmac_key(config.string("secret"), host_.secrets()));
        return {};
    }
    auto pem = read_key_file(config.string("public_key_file"));
    auto key =
        pem ? make_public_key(rules_.algorithm, *pem) : Result<std::shared_ptr<const VerificationKey>>(pem.error());
    if (!key)
        return error(Errc::invalid, config.where("public_key_file") + ": public_key_file: " + key.error().message);
    keys_ = std::make_unique<FixedKey>(*std::move(key));
    return {};
}

Result<Claims> JwtAuthenticator::authenticate(std::string_view credential, const CallContext& context) {
    auto claims = verify_token(credential, rules_, *keys_, host_.clock().now(), context);
    if (claims) {
        accepted_.add();
    } else if (claims.error().code != Errc::unauthenticated) {
        without_keys_.add();
    } else if (claims.error().reason == "token_expired") {
        expired_.add();
    } else {
        refused_.add();
    }
    return claims;
}

}  // namespace televisit::auth_jwt
