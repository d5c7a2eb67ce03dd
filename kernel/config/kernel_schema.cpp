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

void check_roles(const Node& tree, Diagnostics& problems) {
    const Node* plugins = tree.find("plugins");
    const Node* roles = tree.find("roles");
    if (plugins == nullptr || roles == nullptr) return;
    std::vector<std::string_view> ids;
    for (const auto& plugin : plugins->items) {
        if (const Node* id = plugin.find("id"); id != nullptr) ids.push_back(id->text);
    }
    for (const auto& role : roles->entries) {
        const auto& id = role.value.text;
        const bool known = std::find(ids.begin(), ids.end(), id) != ids.end();
        if (role.value.kind != Kind::scalar || role.value.broken || known) continue;
        const auto shown = role.value.source.empty() ? excerpt(id) : "the value of " + role.value.source;
        problems.add(role.value.mark, path_of("roles", role.key),
                     shown + " is the id of no plugin in 'plugins'" + suggestion(id, ids));
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
