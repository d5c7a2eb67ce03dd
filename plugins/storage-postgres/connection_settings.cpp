#include "connection_settings.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace televisit::storage_postgres {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

/// Those that differ from one host to the next.
constexpr std::array<const char*, 3> kOfHosts{"host", "hostaddr", "port"};

/// What a URL may override. A peer that vanished is noticed even while nothing is sent.
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"target_session_attrs", "read-write"},
    {"fallback_application_name", "televisit"},
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "30000"},
};

Error refusal(std::string what) {
    return error(Errc::invalid, "the URL of the database " + std::move(what));
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts{""};
    for (const char c : list)
        if (c == ',')
            parts.emplace_back();
        else
            parts.back().push_back(c);
    return parts;
}

Result<Values> parse(const std::string& url) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &message),
                                                                               &PQconninfoFree);
    // The message quotes the URL, and with it its password.
    PQfreemem(message);
    if (!options) return refusal("is none: postgresql://USER@HOST:PORT/DATABASE, special characters percent-encoded");
    Values values;
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val && *option->val) values.emplace(option->keyword, option->val);
    return values;
}

/// The values of a key for each host: as many as there are hosts, one for all, or none.
Result<std::vector<std::string>> of_hosts(const Values& values, const char* key, std::size_t hosts) {
    const auto found = values.find(key);
    if (found == values.end()) return std::vector<std::string>(hosts);
    auto parts = split(found->second);
    if (parts.size() == 1) parts.resize(hosts, parts[0]);
    if (parts.size() != hosts) return refusal("has not as many of `" + std::string(key) + "` as of hosts");
    return parts;
}

}  // namespace

Result<ConnectionSettings> read_settings(const std::string& url, const std::string& password) {
    auto parsed = parse(url);
    if (!parsed.ok()) return parsed.error();
    auto& values = *parsed;
    for (const auto& [key, value] : kDefaults) values.emplace(key, value);
    if (!password.empty()) values.insert_or_assign("password", password);
    values.insert_or_assign("client_encoding", "UTF8");
    if (const auto& wanted = values["target_session_attrs"]; wanted != "read-write" && wanted != "primary")
        return refusal("asks for `target_session_attrs` other than read-write or primary: records are written, too");

    std::size_t hosts = 1;
    for (const auto* key : {"host", "hostaddr"})
        if (const auto found = values.find(key); found != values.end())
            hosts = std::max(hosts, split(found->second).size());
    ConnectionSettings settings;
    settings.hosts.resize(hosts);
    for (const auto* key : kOfHosts) {
        const auto each = of_hosts(values, key, hosts);
        if (!each.ok()) return each.error();
        for (std::size_t i = 0; i < hosts; ++i)
            if (!(*each)[i].empty()) settings.hosts[i].emplace_back(key, (*each)[i]);
        values.erase(key);
    }
    for (auto& host : settings.hosts) host.insert(host.end(), values.begin(), values.end());
    return settings;
}

}  // namespace televisit::storage_postgres
