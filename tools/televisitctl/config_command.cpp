// `config check`, `config show`, `config reference`: the configuration, before a server runs with it.

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "command.hpp"
#include "configuration.hpp"
#include "daemon/tls_settings.hpp"
#include "loader/manifest.hpp"
#include "loader/plugin_plan.hpp"
#include "loader/plugin_search.hpp"

namespace televisit::ctl {

namespace {

constexpr std::array kOptions{kConfigOption};
constexpr std::array kReferenceOptions{
    Option{"plugins", "FOLDER", "whose plugins (default: those built with this program)"}};

/// Puts what a plugin's schema made of its part, defaults included, in the place of what was written.
void put(config::Node& tree, const loader::PlannedPlugin& planned) {
    for (config::Node& plugin : tree.find("plugins")->items) {
        if (plugin.find("id")->text == planned.id) *plugin.find("config") = planned.config;
    }
}

/// With the plugins' parts checked too, as the server itself checks them.
std::optional<Configuration> load_whole(const Arguments& arguments, const Streams& streams) {
    auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return std::nullopt;
    const loader::PluginPlan plan = loader::plan_plugins(configuration->tree);
    if (!plan.problems.empty()) {
        streams.error << config::to_text(plan.problems);
        return std::nullopt;
    }
    for (const loader::PlannedPlugin& plugin : plan.plugins) put(configuration->tree, plugin);
    return configuration;
}

/// The plugins in a folder, in the order of their names.
std::vector<std::filesystem::path> plugin_files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code fault;
    for (const auto& entry : std::filesystem::directory_iterator(folder, fault))
        if (entry.path().extension() == ".so") files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

int check(const Arguments& arguments, const Streams& streams) {
    const auto configuration = load_whole(arguments, streams);
    if (!configuration) return kBadConfiguration;
    config::Diagnostics problems;
    static_cast<void>(daemon::open_tls(configuration->tree, problems));
    if (!problems.empty()) {
        streams.error << config::to_text(problems);
        return kBadConfiguration;
    }
    streams.out << configuration->file << ": good\n";
    return kDone;
}

int show(const Arguments& arguments, const Streams& streams) {
    const auto configuration = load_whole(arguments, streams);
    if (!configuration) return kBadConfiguration;
    streams.out << config::render(configuration->tree);
    return kDone;
}

/// Markdown of all keys: the server's, then those of every plugin that was built with it.
int reference(const Arguments& arguments, const Streams& streams) {
    const std::filesystem::path folder = arguments.get("plugins", loader::default_plugin_folder().string());
    streams.out << "# All keys of the configuration\n\nWritten by `televisitctl config reference`; do not edit.\n\n"
                << config::reference(config::kernel_schema(), "The server");
    for (const auto& file : plugin_files(folder)) {
        const auto manifest = loader::read_manifest(file);
        if (!manifest) {
            streams.error << "televisitctl config reference: " << manifest.error().message << '\n';
            return kFailed;
        }
        const auto schema = config::parse_schema(manifest->schema, manifest->name + "/config_schema.yaml");
        if (!schema.schema) {
            streams.error << config::to_text(schema.problems);
            return kFailed;
        }
        streams.out << '\n' << config::reference(*schema.schema, "Plugin " + manifest->name);
    }
    return kDone;
}

}  // namespace

constexpr Command kConfigCheck{
    "config check", "", 0, "Checks a configuration, and lists everything that is wrong with it", kOptions, check};
constexpr Command kConfigShow{"config show", "",  0, "Prints a configuration as it takes effect, without its secrets",
                              kOptions,      show};
constexpr Command kConfigReference{
    "config reference", "",       0, "Prints all keys, the server's and those of its plugins, as Markdown",
    kReferenceOptions,  reference};

}  // namespace televisit::ctl
