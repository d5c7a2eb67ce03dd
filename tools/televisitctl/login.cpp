#include "login.hpp"

#include "jwt.hpp"

namespace televisit::ctl {

namespace {

/// The entry of `plugins` that has that id, or null.
const config::Node* plugin_entry(const config::Node& tree, std::string_view id) {
    const config::Node* plugins = tree.find("plugins");
    if (plugins == nullptr) return nullptr;
    for (const config::Node& plugin : plugins->items) {
        const config::Node* own = plugin.find("id");
        if (own != nullptr && own->text == id) return &plugin;
    }
    return nullptr;
}

std::string value_of(const config::Node* map, std::string_view key, std::string otherwise = {}) {
    const config::Node* value = map != nullptr ? map->find(key) : nullptr;
    return value != nullptr && value->kind == config::Kind::scalar && !value->text.empty() ? value->text : otherwise;
}

}  // namespace

Result<std::string> token_for(const Configuration& configuration, const std::string& subject, const std::string& role,
                              std::chrono::seconds lifetime) {
    const std::string id = configuration.text("roles.authenticator");
    const config::Node* plugin = plugin_entry(configuration.tree, id);
    if (value_of(plugin, "use") != "auth-jwt")
        return error(Errc::invalid, "roles.authenticator is not an auth-jwt: its tokens are made elsewhere");
    const config::Node* keys = plugin->find("config");
    if (value_of(keys, "algorithm", "HS256") != "HS256")
        return error(Errc::invalid, "'" + id + "' checks tokens with a public key: only the login can sign them");
    const std::string secret = value_of(keys, "secret");
    if (secret.empty()) return error(Errc::invalid, "'" + id + "' has no secret to sign a token with");
    TokenClaims claims{.subject = subject,
                       .role = role,
                       .role_claim = value_of(keys, "role_claim", "role"),
                       .issuer = value_of(keys, "issuer"),
                       .audience = value_of(keys, "audience"),
                       .issued_at = std::chrono::system_clock::now(),
                       .lifetime = lifetime};
    return mint_token(claims, secret);
}

}  // namespace televisit::ctl
