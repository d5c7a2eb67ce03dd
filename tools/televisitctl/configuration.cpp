#include "configuration.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <filesystem>
#include <utility>

#include "daemon/settings.hpp"
#include "daemon/state_folder.hpp"

namespace televisit::ctl {

namespace {

namespace fs = std::filesystem;

fs::path find_file(const Arguments& arguments) {
    const auto given = arguments.get("config");
    return given ? fs::path(*given) : daemon::default_config_file();
}

/// Long enough for every rule that a secret must keep.
std::string placeholder(MissingSecrets missing) {
    return missing == MissingSecrets::are_made_later ? std::string(64, '0') : std::string();
}

/// The port of the first public address in the answer of /admin/status, or the one given.
std::string port_of_running(const Configuration& configuration, std::string otherwise) {
    const auto answer = call(admin_socket(configuration), {.path = "/admin/status"});
    if (!answer || answer->status != 200) return otherwise;
    try {
        const auto status = Poco::JSON::Parser().parse(answer->body).extract<Poco::JSON::Object::Ptr>();
        const auto addresses = status->getArray("public");
        if (!addresses || addresses->size() == 0) return otherwise;
        const auto address = addresses->getElement<std::string>(0);
        return address.substr(address.rfind(':') + 1);
    } catch (const Poco::Exception&) {
        return otherwise;
    }
}

}  // namespace

std::string Configuration::text(std::string_view path) const {
    const config::Node* node = config::at_path(tree, path);
    return node != nullptr ? node->text : std::string();
}

Result<Configuration> load_configuration(const Arguments& arguments, MissingSecrets missing) {
    return load_configuration(find_file(arguments), missing);
}

Result<Configuration> load_configuration(const fs::path& file, MissingSecrets missing) {
    auto loaded = config::read_yaml_file(file);
    if (!loaded.root) return error(Errc::invalid, config::to_text(loaded.problems));
    config::Sources sources{config::process_environment(), {}};
    std::string state_dir = config::state_dir_of(*loaded.root, sources.environment);
    sources.more.emplace("state", daemon::state_lookup(state_dir, placeholder(missing)));
    config::interpolate(*loaded.root, sources, loaded.problems);
    auto validated = config::validate_kernel(*std::move(loaded.root));
    loaded.problems.append(validated.problems);
    if (!validated.tree || !loaded.problems.empty()) return error(Errc::invalid, config::to_text(loaded.problems));
    return Configuration{file.string(), *std::move(validated.tree), std::move(state_dir)};
}

std::optional<Configuration> load_or_report(const Arguments& arguments, MissingSecrets missing,
                                            const Streams& streams) {
    auto configuration = load_configuration(arguments, missing);
    if (configuration) return *std::move(configuration);
    streams.error << configuration.error().message;
    return std::nullopt;
}

UnixSocket admin_socket(const Configuration& configuration) {
    const std::string written = configuration.text("admin.socket");
    return {written.empty() ? (fs::path(configuration.state_dir) / "admin.sock").string() : written};
}

Origin local_origin(const Configuration& configuration) {
    std::string host = configuration.text("server.host");
    // Browsers give a page the camera on https or on localhost only.
    if (host == "0.0.0.0" || host == "::" || host == "127.0.0.1" || host == "::1") host = "localhost";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    const std::string certificate = configuration.text("server.tls.certificate");
    const std::string scheme = certificate.empty() ? "http://" : "https://";
    return {scheme + host + ":" + port_of_running(configuration, configuration.text("server.port")),
            {.exactly = certificate}};
}

std::string public_origin(const Configuration& configuration) {
    auto url = configuration.text("server.public_url");
    return url.empty() ? local_origin(configuration).url : url;
}

}  // namespace televisit::ctl
