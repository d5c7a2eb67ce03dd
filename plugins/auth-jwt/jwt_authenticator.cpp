#include "jwt_authenticator.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http_documents.hpp"
#include "rotating_keys.hpp"

namespace televisit::auth_jwt {

namespace {

constexpr std::size_t kMinSecret = 32;
constexpr std::size_t kMaxKeyFile = 64 * 1024;
/// How often it is looked whether the keys are old.
constexpr std::chrono::milliseconds kRotationCheck{1000};

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

constexpr std::array<std::string_view, 3> kPublicKeySettings{"public_key_file", "jwks_file", "jwks_url"};

/// Each algorithm needs its own kind of key, and another kind beside it would be a misunderstanding.
void check_key_settings(const ConfigView& config, Algorithm algorithm) {
    const auto secret = config.string("secret");
    std::vector<std::string_view> given;
    for (const auto key : kPublicKeySettings)
        if (!config.string(key).empty()) given.push_back(key);
    if (algorithm == Algorithm::hs256) {
        if (secret.size() < kMinSecret) refuse(config, "secret", "HS256 needs a secret of at least 32 bytes");
        if (!given.empty())
            refuse(config, given.front(), "is not used with HS256; remove it, or choose RS256 or ES256");
        return;
    }
    if (!secret.empty()) refuse(config, "secret", "is used with HS256 only; remove it, or choose HS256");
    if (given.empty())
        refuse(config, "public_key_file", "RS256 and ES256 need one of public_key_file, jwks_file and jwks_url");
    if (given.size() > 1) refuse(config, given.back(), "is one too many; keys come from one place");
}

void check_address(const ConfigView& config) {
    const auto url = config.string("jwks_url");
    if (url.empty()) {
        if (!config.string("jwks_ca_file").empty()) refuse(config, "jwks_ca_file", "is used with jwks_url only");
    } else if (const auto checked = check_key_address(url); !checked) {
        refuse(config, "jwks_url", checked.error().message);
    }
}

RotationTimes times_of(const ConfigView& config) {
    RotationTimes times;
    times.max_age = config.duration("jwks_max_age");
    times.max_stale = config.duration("jwks_max_stale");
    times.cooldown = config.duration("jwks_cooldown");
    times.retry = config.duration("jwks_retry");
    times.max_retry = std::max(times.max_retry, times.retry);
    times.timeout = config.duration("jwks_timeout");
    return times;
}

void check_times(const ConfigView& config) {
    if (config.duration("jwks_max_stale") < config.duration("jwks_max_age"))
        refuse(config, "jwks_max_stale", "must not be less than jwks_max_age");
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
    check_address(host.config());
    check_times(host.config());
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

Result<void> JwtAuthenticator::start(const CallContext& context) {
    const auto& config = host_.config();
    if (rules_.algorithm == Algorithm::hs256) {
        keys_ = std::make_unique<FixedKey>(make_hmac_key(config.string("secret"), host_.secrets()));
        return {};
    }
    return config.string("public_key_file").empty() ? start_rotation(context) : start_with_file();
}

Result<void> JwtAuthenticator::start_with_file() {
    const auto& config = host_.config();
    const auto pem = read_file(config.string("public_key_file"), kMaxKeyFile);
    auto key =
        pem ? make_public_key(rules_.algorithm, *pem) : Result<std::shared_ptr<const VerificationKey>>(pem.error());
    if (!key) return setting_fault("public_key_file", key.error());
    keys_ = std::make_unique<FixedKey>(*std::move(key));
    return {};
}

Result<void> JwtAuthenticator::start_rotation(const CallContext& context) {
    const auto& config = host_.config();
    const auto file = config.string("jwks_file");
    std::unique_ptr<KeyDocuments> documents;
    if (file.empty())
        documents =
            std::make_unique<HttpDocuments>(config.string("jwks_url"), config.string("jwks_ca_file"), kMaxKeySet);
    else
        documents = std::make_unique<FileDocuments>(file, kMaxKeySet);
    const auto times = times_of(config);
    auto rotating = std::make_unique<RotatingKeys>(rules_.algorithm, std::move(documents), times, host_);
    auto& keys = *rotating;
    keys_ = std::move(rotating);
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(context.deadline - host_.clock().steady_now());
    // A login server that is not up yet is no reason for this one not to start; a wrong file is.
    if (auto fetched = keys.fetch(std::min(times.timeout, left)); !fetched && !file.empty())
        return setting_fault("jwks_file", fetched.error());
    return host_.executor().every(kRotationCheck, [&keys] { keys.fetch_if_due(); });
}

Error JwtAuthenticator::setting_fault(std::string_view key, const Error& fault) const {
    return error(Errc::invalid, host_.config().where(key) + ": " + std::string(key) + ": " + fault.message);
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
