#include "loader/plugin_plan.hpp"

#include <algorithm>

#include "config/config.hpp"
#include "loader/abi_compare.hpp"
#include "loader/dependency_graph.hpp"
#include "loader/plugin_search.hpp"
#include "loader/roles.hpp"

namespace televisit::loader {
namespace {

constexpr char kConsultationsNode[] = "consultations";

bool is_role_capability(const std::string& capability) {
    return std::any_of(kRoles.begin(), kRoles.end(), [&](const Role& role) { return role.capability == capability; });
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::int64_t integer(const config::Node& map, std::string_view key) {
    return std::get<std::int64_t>(map.find(key)->value);
}

/// Makes the plan step by step; every step adds its problems and goes on with what is left.
class Planner {
  public:
    Planner(const config::Node& tree, PlanOptions options) : tree_(tree), options_(options) {}

    PluginPlan run() {
        find_folders();
        const config::Node* const list = tree_.find("plugins");
        for (std::size_t i = 0; list && i < list->items.size(); ++i) read(list->items[i], i);
        for (const Role& role : kRoles) holders_.push_back(first_provider(role));
        for (Entry& entry : entries_) take_on(entry);
        for (std::size_t i = 0; i < kRoles.size(); ++i)
            if (holders_[i].empty()) check_role(kRoles[i]);
        put_in_order();
        return std::move(plan_);
    }

  private:
    void find_folders() {
        if (const config::Node* const path = tree_.find("plugin_path"))
            for (const config::Node& folder : path->items) folders_.emplace_back(folder.text);
        if (folders_.empty()) folders_.push_back(default_plugin_folder());
    }

    /// A plugin of the list that can be read, and where it stands.
    struct Entry {
        PlannedPlugin plugin;
        std::size_t index;
    };

    void read(const config::Node& entry, std::size_t index) {
        PlannedPlugin plugin;
        plugin.id = entry.find("id")->text;
        plugin.use = entry.find("use")->text;
        listed_.push_back(plugin.id);
        const auto problem = [&](const std::string& text) {
            plan_.problems.add(entry.find("use")->mark, path_of_use(index), text);
            broken_.push_back(plugin.id);
        };

        auto file = find_plugin(folders_, plugin.use);
        if (!file) return problem(file.error().message);
        plugin.file = *file;
        auto manifest = read_manifest(plugin.file);
        if (!manifest) return problem(manifest.error().message);
        plugin.manifest = std::move(*manifest);
        if (const auto difference = abi_difference(server_abi(), plugin.manifest.abi))
            return problem(plugin.file.string() + " " + *difference);
        entries_.push_back({std::move(plugin), index});
    }

    void take_on(Entry& entry) {
        auto& plugin = entry.plugin;
        const config::Node& written = tree_.find("plugins")->items[entry.index];
        choose_capabilities(plugin);
        const bool has_role =
            std::any_of(plugin.manifest.provides.begin(), plugin.manifest.provides.end(), is_role_capability);
        const bool named = std::any_of(plugin.capabilities.begin(), plugin.capabilities.end(), is_role_capability);
        if (has_role && !named) {
            plan_.unused.push_back({plugin.id, plugin.use, joined(plugin.manifest.provides)});
            return;
        }
        plugin.threads = static_cast<std::size_t>(integer(written, "threads"));
        plugin.queue = static_cast<std::size_t>(integer(written, "queue"));
        plugin.deadline = std::chrono::milliseconds(integer(written, "deadline"));
        plugin.loop = std::get<bool>(written.find("loop")->value);
        check_config(plugin, entry.index);
        marks_.push_back({written.find("use")->mark, path_of_use(entry.index)});
        plan_.plugins.push_back(std::move(plugin));
    }

    static std::string path_of_use(std::size_t index) { return "plugins[" + std::to_string(index) + "].use"; }

    void choose_capabilities(PlannedPlugin& plugin) const {
        for (const std::string& capability : plugin.manifest.provides) {
            const auto role =
                std::find_if(kRoles.begin(), kRoles.end(), [&](const Role& r) { return r.capability == capability; });
            if (role == kRoles.end() || holders_[static_cast<std::size_t>(role - kRoles.begin())] == plugin.id)
                plugin.capabilities.push_back(capability);
        }
    }

    void check_config(PlannedPlugin& plugin, std::size_t index) {
        auto schema = config::parse_schema(plugin.manifest.schema, plugin.use + "/config_schema.yaml");
        if (!schema.ok()) return plan_.problems.append(schema.problems);
        auto checked =
            config::validate(config::plugin_config(tree_, index), *schema.schema, config::plugin_config_path(index));
        if (checked.ok())
            plugin.config = std::move(*checked.tree);
        else
            plan_.problems.append(checked.problems);
    }

    const config::Node* node_of(const Role& role) const {
        const config::Node* const roles = tree_.find("roles");
        return roles ? roles->find(role.name) : nullptr;
    }

    /// The plugins that a role names: one, or several to choose from.
    std::vector<std::string> ids_of(const Role& role) const {
        const config::Node* const node = node_of(role);
        if (!node || !node->has_value()) return {};
        if (node->kind != config::Kind::list) return {node->text};
        std::vector<std::string> ids;
        for (const config::Node& item : node->items) ids.push_back(item.text);
        return ids;
    }

    /// The first plugin named that provides it; empty when there is none.
    std::string first_provider(const Role& role) const {
        for (const std::string& id : ids_of(role)) {
            // What a plugin that cannot be read would provide is not known: no other one takes its place.
            if (contains(broken_, id)) return {};
            for (const Entry& entry : entries_)
                if (entry.plugin.id == id && contains(entry.plugin.manifest.provides, std::string(role.capability)))
                    return id;
        }
        return {};
    }

    /// A role that nobody holds.
    void check_role(const Role& role) {
        const auto ids = ids_of(role);
        // An id that is not listed, and a plugin that cannot be read, have been reported already.
        const auto reported = [&](const std::string& id) { return !contains(listed_, id) || contains(broken_, id); };
        if (ids.empty() || std::any_of(ids.begin(), ids.end(), reported)) return;
        std::string who = ids.size() == 1 ? "plugin '" + ids[0] + "' does not provide " : "none of ";
        if (ids.size() > 1) who += joined(ids) + " provides ";
        plan_.problems.add(node_of(role)->mark, "roles." + std::string(role.name), who + std::string(role.capability));
    }

    void put_in_order() {
        std::vector<GraphNode> nodes;
        if (options_.consultations) nodes.push_back(consultations());
        const std::size_t first = nodes.size();
        for (const PlannedPlugin& plugin : plan_.plugins)
            nodes.push_back({plugin.id, plugin.capabilities, plugin.manifest.requires_, plugin.manifest.optional});
        std::vector<std::string> given(kKernelCapabilities.begin(), kKernelCapabilities.end());
        if (!options_.consultations) given.emplace_back(kConsultations);

        const StartOrder order = start_order(nodes, given);
        // What an unreadable plugin would have provided is not known, so that holes then mean nothing.
        if (broken_.empty())
            for (const GraphProblem& problem : order.problems) report(problem, first);

        std::vector<PlannedPlugin> sorted;
        for (const std::size_t node : order.order) {
            if (node < first)
                plan_.before_consultations = sorted.size();
            else
                sorted.push_back(std::move(plan_.plugins[node - first]));
        }
        plan_.plugins = std::move(sorted);
    }

    GraphNode consultations() const {
        GraphNode node{kConsultationsNode, {std::string(kConsultations)}};
        for (const Role& role : kRoles) {
            const bool needed = role.name == "records" || role.name == "presence" || role.name == "backplane";
            (needed ? node.requires_ : node.optional).emplace_back(role.capability);
        }
        return node;
    }

    void report(const GraphProblem& problem, std::size_t first) {
        std::string text = problem.text;
        for (const Role& role : kRoles) {
            if (text.find(role.capability) == std::string::npos || !text.ends_with("nobody provides it")) continue;
            text += ": name a plugin that does under roles." + std::string(role.name);
            for (const UnusedPlugin& unused : plan_.unused)
                if (unused.capabilities.find(role.capability) != std::string::npos)
                    text += ", such as '" + unused.id + "'";
        }
        if (problem.node >= first)
            plan_.problems.add(marks_[problem.node - first].mark, marks_[problem.node - first].path, text);
        else
            plan_.problems.add(mark_of_roles(), "roles", text);
    }

    // Roles that are not written stand nowhere; the file does.
    config::Mark mark_of_roles() const {
        const config::Node* const roles = tree_.find("roles");
        return roles && roles->mark.line > 0 ? roles->mark : tree_.mark;
    }

    // Roles that are not written stand where the file begins.
    config::Mark roles_mark() const {
        const config::Node* const roles = tree_.find("roles");
        return roles && roles->mark.file ? roles->mark : tree_.mark;
    }

    struct Place {
        config::Mark mark;
        std::string path;
    };

    const config::Node& tree_;
    const PlanOptions options_;
    std::vector<std::filesystem::path> folders_;
    std::vector<std::string> listed_;
    std::vector<std::string> broken_;
    std::vector<Entry> entries_;
    std::vector<std::string> holders_;  // of kRoles: ids, empty for nobody
    std::vector<Place> marks_;          // of plan_.plugins, in the order of the file
    PluginPlan plan_;
};

}  // namespace

const PlannedPlugin* PluginPlan::provider_of(std::string_view capability) const noexcept {
    for (const PlannedPlugin& plugin : plugins)
        if (std::find(plugin.capabilities.begin(), plugin.capabilities.end(), capability) != plugin.capabilities.end())
            return &plugin;
    return nullptr;
}

PluginPlan plan_plugins(const config::Node& tree, PlanOptions options) {
    return Planner(tree, options).run();
}

}  // namespace televisit::loader
