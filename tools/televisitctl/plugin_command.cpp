// `plugin list`, `plugin inspect`: what plugins say of themselves.

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <array>

#include "command.hpp"
#include "configuration.hpp"
#include "loader/abi_compare.hpp"
#include "loader/manifest.hpp"
#include "loader/plugin_plan.hpp"
#include "table.hpp"

namespace televisit::ctl {

namespace {

constexpr std::array kListOptions{
    Option{"offline", "", "read the plugins' files, instead of asking the running server"},
    kConfigOption,
};
constexpr std::array kInspectOptions{Option{"schema", "", "print the whole schema of its configuration"}};

const Row kHeading{"ID", "PLUGIN", "VERSION", "STATE", "PROVIDES"};

int list_files(const Configuration& configuration, const Streams& streams) {
    const loader::PluginPlan plan = loader::plan_plugins(configuration.tree);
    std::vector<Row> rows{kHeading};
    for (const loader::PlannedPlugin& plugin : plan.plugins) {
        rows.push_back(
            {plugin.id, plugin.use, plugin.manifest.version, "to start", loader::joined(plugin.capabilities)});
    }
    for (const loader::UnusedPlugin& plugin : plan.unused)
        rows.push_back({plugin.id, plugin.use, "", "not used", plugin.capabilities});
    print_table(rows, streams.out);
    streams.error << config::to_text(plan.problems);
    return plan.problems.empty() ? kDone : kBadConfiguration;
}

std::vector<Row> rows_of(const std::string& answer) {
    std::vector<Row> rows{kHeading};
    const auto document = Poco::JSON::Parser().parse(answer).extract<Poco::JSON::Object::Ptr>();
    const auto plugins = document->getArray("plugins");
    for (unsigned i = 0; plugins && i < plugins->size(); ++i) {
        const auto plugin = plugins->getObject(i);
        const auto text = [&](const char* key) { return plugin->optValue<std::string>(key, ""); };
        std::vector<std::string> provides;
        if (const auto list = plugin->getArray("provides"))
            for (unsigned k = 0; k < list->size(); ++k) provides.push_back(list->getElement<std::string>(k));
        rows.push_back({text("id"), text("use"), text("version"), text("state"), loader::joined(provides)});
    }
    return rows;
}

int list(const Arguments& arguments, const Streams& streams) {
    const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return kBadConfiguration;
    if (arguments.has("offline")) return list_files(*configuration, streams);
    const auto answer = call(admin_socket(*configuration), {.path = "/admin/plugins"});
    if (!answer) {
        streams.error << "televisitctl plugin list: " << answer.error().message << "; --offline reads the files\n";
        return kFailed;
    }
    if (answer->status != 200) {
        streams.error << "televisitctl plugin list: refused: " << refusal(*answer) << '\n';
        return kFailed;
    }
    try {
        print_table(rows_of(answer->body), streams.out);
    } catch (const Poco::Exception&) {
        streams.error << "televisitctl plugin list: the answer is not a list of plugins\n";
        return kFailed;
    }
    return kDone;
}

int inspect(const Arguments& arguments, const Streams& streams) {
    const auto manifest = loader::read_manifest(arguments.operands()[0]);
    if (!manifest) {
        streams.error << "televisitctl plugin inspect: " << manifest.error().message << '\n';
        return kFailed;
    }
    const auto row = [&](std::string_view name, const std::string& value) {
        streams.out << std::left << std::setw(10) << name << (value.empty() ? "-" : value) << '\n';
    };
    row("name", manifest->name);
    row("version", manifest->version);
    row("provides", loader::joined(manifest->provides));
    row("requires", loader::joined(manifest->requires_));
    row("optional", loader::joined(manifest->optional));
    row("abi", manifest->abi);
    const auto difference = loader::abi_difference(loader::server_abi(), manifest->abi);
    row("fits", difference ? "no: " + *difference : "yes: it was built for this server");
    if (arguments.has("schema")) streams.out << '\n' << manifest->schema;
    return difference ? kFailed : kDone;
}

}  // namespace

constexpr Command kPluginList{
    "plugin list", "",  0, "Lists the plugins of the running server, or those that its configuration names",
    kListOptions,  list};
constexpr Command kPluginInspect{
    "plugin inspect", "FILE.so", 1, "Tells what a plugin's file says of itself, without running any of its code",
    kInspectOptions,  inspect};

}  // namespace televisit::ctl
