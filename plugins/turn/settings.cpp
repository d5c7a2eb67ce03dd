#include "settings.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "secret_store.hpp"

namespace televisit::turn {

namespace {

constexpr std::string_view kSingleServer = "default";

/// Collects what is wrong, so that an operator reads all of it at once.
class Problems {
  public:
    void add(const ConfigView& config, const std::string& key, const std::string& message) {
        text_ += (text_.empty() ? "" : "\n") + config.where(key) + ": " + key + ": " + message;
    }
    void throw_if_any() const {
        if (!text_.empty()) throw std::invalid_argument(text_);
    }

  private:
    std::string text_;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The non-empty entries of a list: an environment variable that is empty or ends in a comma is no mistake.
std::vector<std::string> entries(const ConfigView& config, const std::string& key) {
    std::vector<std::string> texts;
    for (const auto& text : config.strings(key))
        if (const auto entry = trimmed(text); !entry.empty()) texts.emplace_back(entry);
    return texts;
}

/// A URL as a message may show it: a password that was put into it by mistake stays out.
std::string shown(const std::string& text) {
    return text.find('@') == std::string::npos ? "'" + text + "'" : "the URL";
}

std::vector<IceUrl> read_urls(const ConfigView& config, const std::string& key, IceScheme fallback,
                              Problems& problems) {
    const bool wants_turn = fallback == IceScheme::turn;
    std::vector<IceUrl> urls;
    for (const auto& text : entries(config, key)) {
        auto url = parse_ice_url(text, fallback);
        if (!url)
            problems.add(config, key, shown(text) + ": " + url.error().message);
        else if (url->is_turn() != wants_turn)
            problems.add(config, key,
                         shown(text) + " is a " + (wants_turn ? "STUN" : "TURN") + " URL, which belongs elsewhere");
        else
            urls.push_back(*std::move(url));
    }
    return urls;
}

/// A browser refuses a TURN URL without credentials, and two kinds of them leave it open which ones count.
void check_credentials(const ConfigView& config, TurnServer& server, const std::string& secret_key, bool rotation,
                       Problems& problems) {
    const bool fixed = !server.username.empty() || !server.password.empty();
    server.rotates = rotation && !fixed && server.secrets.empty();
    if (server.is_ephemeral() && fixed)
        problems.add(config, secret_key, "give either a secret or a username with its password, not both");
    else if (!server.is_ephemeral() && !fixed)
        problems.add(config, "urls", "a TURN server needs a secret, a username with its password, or `rotation`");
    else if (fixed && server.username.empty())
        problems.add(config, "username", "is missing beside the password");
    else if (fixed && server.password.empty())
        problems.add(config, "password", "is missing beside the username");
}

std::vector<Network> read_networks(const ConfigView& config, Problems& problems) {
    std::vector<Network> networks;
    for (const auto& text : entries(config, "networks")) {
        if (const auto network = parse_network(text))
            networks.push_back(*network);
        else
            problems.add(config, "networks", "'" + text + "' is no network, such as 10.0.0.0/8");
    }
    return networks;
}

TurnServer read_server(const ConfigView& config, bool rotation, Problems& problems) {
    TurnServer server;
    server.name = config.string("name");
    server.urls = read_urls(config, "urls", IceScheme::turn, problems);
    server.secrets = entries(config, "secrets");
    server.username = config.string("username");
    server.password = config.string("password");
    server.weight = config.integer("weight");
    server.networks = read_networks(config, problems);
    if (entries(config, "urls").empty()) problems.add(config, "urls", "names no URL");
    check_credentials(config, server, "secrets", rotation, problems);
    return server;
}

/// The keys that stand beside the list of servers: one server, as the seed's environment names it.
void add_single_server(const ConfigView& config, bool rotation, std::vector<TurnServer>& servers, Problems& problems) {
    if (entries(config, "urls").empty()) return;
    TurnServer server;
    server.name = kSingleServer;
    server.urls = read_urls(config, "urls", IceScheme::turn, problems);
    server.username = config.string("username");
    server.password = config.string("password");
    if (auto secret = config.string("secret"); !secret.empty()) server.secrets.push_back(std::move(secret));
    check_credentials(config, server, "secret", rotation, problems);
    servers.push_back(std::move(server));
}

ProbeSettings read_probe(const ConfigView& config) {
    ProbeSettings probe;
    probe.interval = config.duration("interval");
    probe.retry = config.duration("retry");
    probe.timeout = config.duration("timeout");
    probe.hysteresis = {static_cast<int>(config.integer("fall")), static_cast<int>(config.integer("rise"))};
    probe.ca_file = config.string("ca_file");
    return probe;
}

std::chrono::seconds seconds_up(std::chrono::milliseconds duration) {
    return std::chrono::ceil<std::chrono::seconds>(duration);
}

RotationSettings read_rotation(const ConfigView& config, std::chrono::seconds ttl, Problems& problems) {
    RotationSettings rotation;
    rotation.file = config.string("file");
    rotation.store = config.string("store");
    rotation.realm = config.string("realm");
    rotation.longest = ttl.count() != 0 ? ttl : seconds_up(config.duration("longest"));
    if (rotation.file.empty()) return rotation;
    if (rotation.realm.empty()) problems.add(config, "realm", "is missing: coturn keeps secrets by realm");
    if (rotation.store.empty()) return rotation;
    try {
        open_secret_store(rotation.store, rotation.realm);
    } catch (const std::invalid_argument& failure) {
        problems.add(config, "store", failure.what());
    }
    return rotation;
}

}  // namespace

std::chrono::milliseconds ProbeSettings::pause() const {
    const auto to_be_believed = hysteresis.fall * (kProbeTick + timeout) + (hysteresis.fall - 1) * retry;
    return std::max(interval - to_be_believed, interval / 4);
}

Settings read_settings(const ConfigView& config) {
    Problems problems;
    Settings settings;
    settings.stun = read_urls(config, "stun", IceScheme::stun, problems);
    settings.ttl = seconds_up(config.duration("ttl"));
    settings.min_ttl = seconds_up(config.duration("min_ttl"));
    settings.rotation = read_rotation(*config.section("rotation"), settings.ttl, problems);
    const bool rotation = !settings.rotation.file.empty();
    if (rotation)
        settings.ttl = settings.rotation.longest;  // when the secret is retired none of its credentials is good
    add_single_server(config, rotation, settings.servers, problems);
    for (const auto& section : config.sections("servers"))
        settings.servers.push_back(read_server(*section, rotation, problems));
    if (rotation && !settings.servers.empty() &&
        std::none_of(settings.servers.begin(), settings.servers.end(),
                     [](const TurnServer& server) { return server.rotates; }))
        problems.add(config, "rotation",
                     "no server uses it: each has a secret or a user name of its own (is TURN_SECRET still set?)");
    const auto named_default = std::count_if(settings.servers.begin(), settings.servers.end(),
                                             [](const TurnServer& server) { return server.name == kSingleServer; });
    if (named_default > 1) problems.add(config, "servers", "the name 'default' is that of the server under `urls`");
    problems.throw_if_any();
    settings.servers_per_client = static_cast<std::size_t>(config.integer("servers_per_client"));
    settings.refresh_at = static_cast<int>(config.integer("refresh_at"));
    settings.refresh_jitter = static_cast<int>(config.integer("refresh_jitter"));
    settings.probe = read_probe(*config.section("probe"));
    return settings;
}

}  // namespace televisit::turn
