#pragma once
/// The plugin's configuration with its defaults, and no probing.

#include <string>
#include <vector>

#include "televisit/testkit/fake_config.hpp"

namespace televisit::turn::testing {

inline testkit::FakeConfig defaults() {
    using namespace std::chrono_literals;
    using Texts = std::vector<std::string>;
    return {{"stun", Texts{}},
            {"urls", Texts{}},
            {"username", ""},
            {"password", ""},
            {"secret", ""},
            {"servers", std::vector<testkit::FakeConfig>{}},
            {"servers_per_client", 3},
            {"ttl", 0s},
            {"min_ttl", 5min},
            {"refresh_at", 70},
            {"refresh_jitter", 10},
            {"rotation.file", ""},
            {"rotation.store", ""},
            {"rotation.realm", ""},
            {"rotation.longest", 24h},
            {"probe.interval", 0s},
            {"probe.retry", 1s},
            {"probe.timeout", 3s},
            {"probe.fall", 2},
            {"probe.rise", 2},
            {"probe.ca_file", ""}};
}

inline testkit::FakeConfig with(std::initializer_list<std::pair<std::string, testkit::FakeConfig::Value>> values) {
    auto config = defaults();
    for (const auto& [key, value] : values) config.set(key, value);
    return config;
}

/// One of `servers`.
inline testkit::FakeConfig named_server(const std::string& name, std::vector<std::string> urls,
                                        std::vector<std::string> secrets, std::vector<std::string> networks = {}) {
    return {{"name", name},
            {"urls", std::move(urls)},
            {"username", ""},
            {"password", ""},
            {"secrets", std::move(secrets)},
            {"weight", 1},
            {"networks", std::move(networks)}};
}

}  // namespace televisit::turn::testing
