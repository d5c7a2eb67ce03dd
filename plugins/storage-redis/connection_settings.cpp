#include "connection_settings.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace televisit::storage_redis {
namespace {

constexpr std::pair<std::string_view, std::string_view> kRefusedSchemes[] = {
    {"rediss:",
     "asks for TLS, which this plugin does not speak: let stunnel carry the connection, and give redis:// with its "
     "local "
     "port, or unix: with its socket (docs/operations.md tells how)"},
    {"redis-sentinel:",
     "names Sentinel, which this plugin does not ask: give redis:// with one address that always leads to the master, "
     "such as a virtual IP or a proxy that follows it"},
    {"redis+sentinel:",
     "names Sentinel, which this plugin does not ask: give redis:// with one address that always leads to the master, "
     "such as a virtual IP or a proxy that follows it"},
    {"redis-cluster:",
     "names a cluster, over which records cannot be written in one step: give redis:// with one server that is not "
     "part "
     "of a cluster"},
};
constexpr char kForm[] = "is none: redis://USER@HOST:PORT/DATABASE, special characters percent-encoded, or unix:/PATH";
constexpr std::string_view kUnix = "unix:";

Error refusal(std::string_view what) {
    return error(Errc::invalid, "the URL of Redis " + std::string(what));
}

std::string decoded(const std::string& text) {
    std::string plain;
    Poco::URI::decode(text, plain);
    return plain;
}

std::optional<std::int64_t> read_database(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

Result<ConnectionSettings> read_tcp(const std::string& url, std::optional<std::int64_t>& database) {
    const auto authority = url.substr(0, url.find_first_of("/?#", std::string_view("redis://").size()));
    if (authority.substr(authority.rfind('@') + 1).find(',') != std::string::npos)
        return refusal("names several servers: give one; a cluster and Sentinel are not supported");
    ConnectionSettings settings;
    try {
        const Poco::URI parsed(url);
        settings.host = parsed.getHost();
        if (parsed.getPort() != 0) settings.port = parsed.getPort();
        const auto& person = parsed.getUserInfo();
        const auto colon = person.find(':');
        settings.user = decoded(person.substr(0, colon));
        if (colon != std::string::npos) settings.password = decoded(person.substr(colon + 1));
        if (!parsed.getRawQuery().empty() || !parsed.getFragment().empty())
            return refusal("has a query or a fragment, which mean nothing here");
        if (const auto& path = parsed.getPath(); path.size() > 1) {
            database = read_database(std::string_view(path).substr(1));
            if (!database) return refusal("names a database that is no number");
        }
    } catch (const Poco::Exception&) {
        // Its message quotes the URL, and with it a password.
        return refusal(kForm);
    }
    if (settings.host.empty()) return refusal(kForm);
    return settings;
}

Result<ConnectionSettings> read_place(const std::string& url, std::optional<std::int64_t>& database) {
    if (url.empty()) return refusal("is missing");
    for (const auto& [scheme, what] : kRefusedSchemes)
        if (url.starts_with(scheme)) return refusal(what);
    if (url.starts_with("redis://")) return read_tcp(url, database);
    ConnectionSettings settings;
    settings.path = url.starts_with(kUnix) ? url.substr(kUnix.size()) : url;
    // unix:///path, as others write it.
    if (settings.path.starts_with("///")) settings.path.erase(0, 2);
    constexpr std::size_t kLongestPath = 107;  // sockaddr_un
    if (!settings.path.starts_with('/') || settings.path.starts_with("//")) return refusal(kForm);
    if (settings.path.size() > kLongestPath) return refusal("has a path longer than 107 bytes");
    return settings;
}

}  // namespace

Result<ConnectionSettings> read_settings(const std::string& url, const std::string& user, const std::string& password,
                                         std::optional<std::int64_t> database) {
    std::optional<std::int64_t> in_url;
    auto settings = read_place(url, in_url);
    if (!settings.ok()) return settings;
    if (!user.empty() && !settings->user.empty() && user != settings->user)
        return refusal("names another user than `user`");
    if (database && in_url && *database != *in_url) return refusal("names another database than `database`");
    if (!user.empty()) settings->user = user;
    if (!password.empty()) settings->password = password;
    settings->database = in_url.value_or(database.value_or(0));
    return settings;
}

}  // namespace televisit::storage_redis
