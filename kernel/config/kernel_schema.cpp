#include "config/kernel_schema.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "config/spelling.hpp"

namespace televisit::config {

namespace {

constexpr std::string_view kText =
#include "kernel_schema.inc"
    ;

/// The plugins that a role names: one, or several to choose from; none when it is not well written.
std::vector<Node> ids_of(const Entry& role) {
    const Schema* const schema = kernel_schema().find("roles")->find(role.key);
    if (schema == nullptr) return {};
    auto checked = validate(role.value, *schema);
    if (!checked.ok() || !checked.tree->has_value()) return {};
    return checked.tree->kind == Kind::list ? checked.tree->items : std::vector{*checked.tree};
}

void check_roles(const Node& tree, Diagnostics& problems) {
    const Node* plugins = tree.find("plugins");
    const Node* roles = tree.find("roles");
    if (plugins == nullptr || roles == nullptr) return;
    std::vector<std::string_view> ids;
    for (const auto& plugin : plugins->items) {
        if (const Node* id = plugin.find("id"); id != nullptr) ids.push_back(id->text);
    }
    for (const auto& role : roles->entries) {
        for (const auto& id : ids_of(role)) {
            if (std::find(ids.begin(), ids.end(), id.text) != ids.end()) continue;
            const auto shown = id.source.empty() ? excerpt(id.text) : "the value of " + id.source;
            problems.add(id.mark, path_of("roles", role.key),
                         shown + " is the id of no plugin in 'plugins'" + suggestion(id.text, ids));
        }
    }
}

}  // namespace

std::string_view kernel_schema_text() noexcept {
    return kText;
}

const Schema& kernel_schema() {
    static const Schema schema = [] {
        auto parsed = parse_schema(kText, "kernel_schema.yaml");
        assert(parsed.ok());
        return *std::move(parsed.schema);
    }();
    return schema;
}

Validated validate_kernel(Node tree) {
    Diagnostics roles;
    check_roles(tree, roles);
    auto result = validate(std::move(tree), kernel_schema());
    if (!roles.empty()) result.tree.reset();
    result.problems.append(roles);
    return result;
}

Node plugin_config(const Node& tree, std::size_t index) {
    const Node* plugins = tree.find("plugins");
    assert(plugins != nullptr && index < plugins->items.size());
    const auto& plugin = plugins->items[index];
    const Node* written = plugin.find("config");
    Node config = written != nullptr ? *written : Node{};
    if (config.kind == Kind::null && !config.broken) {
        config.kind = Kind::map;
        config.mark = plugin.mark;
    }
    return config;
}

std::string plugin_config_path(std::size_t index) {
    return path_of(path_of("plugins", index), "config");
}

std::string state_dir_of(const Node& tree, const Environment& environment) {
    const Node* written = tree.find("state_dir");
    const Schema* schema = kernel_schema().find("state_dir");
    if (written != nullptr && written->kind == Kind::scalar) {
        Node node = *written;
        Diagnostics ignored;
        interpolate(node, {environment, {}}, ignored);
        if (node.broken) return {};
        if (!node.text.empty()) return node.text;
    }
    return schema != nullptr && schema->fallback ? schema->fallback->text : std::string();
}

}  // namespace televisit::config
