#include "daemon/tls_settings.hpp"

#include "net/tls/source.hpp"

namespace televisit::daemon {
namespace {

/// How a message may call the file of a key: what came from the environment is not repeated.
std::string name_of(const config::Node& node) {
    return node.source.empty() ? config::excerpt(node.text) : "the file of " + node.source;
}

std::shared_ptr<net::tls::Source> open(const config::Node& tree, const std::string& path,
                                       config::Diagnostics& problems) {
    const auto key_of = [&](const char* key) -> const config::Node& {
        return *config::at_path(tree, path + "." + key);
    };
    const config::Node& certificate = key_of("certificate");
    const config::Node& key = key_of("key");
    if (certificate.text.empty() && key.text.empty()) return nullptr;
    if (certificate.text.empty() || key.text.empty()) {
        const bool lacks_key = key.text.empty();
        problems.add((lacks_key ? certificate : key).mark, path,
                     lacks_key ? "a certificate needs its key" : "a key needs its certificate");
        return nullptr;
    }
    const auto least = key_of("min_version").text == "1.3" ? net::tls::Version::tls_1_3 : net::tls::Version::tls_1_2;
    auto source = net::tls::Source::open({certificate.text, key.text}, least);
    if (source) return *std::move(source);
    const bool about_key = source.error().name() == net::tls::kKeyFault;
    const config::Node& at = about_key ? key : certificate;
    problems.add(at.mark, path + (about_key ? ".key" : ".certificate"), name_of(at) + " " + source.error().message);
    return nullptr;
}

}  // namespace

std::vector<ListenerTls> open_tls(const config::Node& tree, config::Diagnostics& problems) {
    std::vector<ListenerTls> all;
    for (const auto& [listener, path] : {std::pair{kPublicListener, "server.tls"}, {kAdminListener, "admin.tls"}})
        if (auto source = open(tree, path, problems)) all.push_back({listener, std::move(source)});
    return all;
}

}  // namespace televisit::daemon
