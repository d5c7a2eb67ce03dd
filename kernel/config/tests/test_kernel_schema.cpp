#include "text.hpp"

using namespace televisit::config;
using namespace televisit::config::test;

namespace {

std::string kernel_faults(std::string_view text) {
    auto checked = validate_kernel(tree_of(text));
    return to_text(checked.problems);
}

void each_property(const Schema& schema, const std::string& path, const auto& visit) {
    for (const auto& property : schema.properties) {
        visit(property, path_of(path, property.name));
        each_property(property.schema, path_of(path, property.name), visit);
        if (property.schema.items) each_property(*property.schema.items, path_of(path, property.name), visit);
    }
}

}  // namespace

TEST_CASE("the kernel's schema is a schema") {
    CHECK(schema_faults(kernel_schema_text()).empty());
}

TEST_CASE("every key of the kernel is described") {
    each_property(kernel_schema(), {}, [](const Property& property, const std::string& path) {
        INFO(path);
        const bool plain = property.schema.type != Type::map;
        CHECK((!plain || property.schema.description.size() > 10));
    });
}

TEST_CASE("an empty file gives the kernel's defaults") {
    auto checked = validate_kernel(tree_of(""));
    REQUIRE(checked.ok());
    const auto config = view(*checked.tree);
    CHECK(config->integer("server.port") == 8086);
    CHECK(config->string("server.host") == "0.0.0.0");
    CHECK(config->bytes("server.limits.body") == 1024 * 1024);
    CHECK(config->duration("sessions.grace") == std::chrono::seconds(15));
    CHECK(config->strings("server.cors_origins").empty());
    CHECK(config->sections("plugins").empty());
    CHECK_FALSE(config->has("roles.records"));
}

TEST_CASE("a role must name a plugin of the list") {
    CHECK(kernel_faults("plugins:\n- {id: mem, use: storage-memory}\nroles:\n  records: men\n") ==
          "t.yaml:4:12: roles.records: 'men' is the id of no plugin in 'plugins'; did you mean 'mem'?\n");
    CHECK(kernel_faults("plugins:\n- {id: mem, use: storage-memory}\nroles: {records: mem}\n").empty());
}

TEST_CASE("each of several plugins of a role must be in the list") {
    const std::string plugins = "plugins:\n- {id: mem, use: storage-memory}\nroles:\n  presence: ";
    for (const auto* good : {"mem", "[mem]", "mem, mem", "[mem, mem]", "[]", ""})
        CHECK(kernel_faults(plugins + good + "\n").empty());
    for (const auto* bad : {"mem,men", "[mem, men]"})
        CHECK(kernel_faults(plugins + bad + "\n")
                  .find("roles.presence: 'men' is the id of no plugin in 'plugins'; did "
                        "you mean 'mem'?\n") != std::string::npos);
    // What keeps what must not be lost is one plugin, whatever that can.
    CHECK(kernel_faults("plugins:\n- {id: mem, use: storage-memory}\nroles: {records: [mem, mem]}\n") ==
          "t.yaml:3:18: roles.records: must be a text, not a list\n");
}

TEST_CASE("two plugins cannot have the same id") {
    CHECK(kernel_faults("plugins:\n- {id: a, use: x}\n- {id: a, use: y}\n") ==
          "t.yaml:3:8: plugins[1].id: is the same as in line 2; each must differ\n");
}

TEST_CASE("a plugin's configuration is checked by its own schema, at its own place") {
    const auto plugin = properties("port: {type: integer, default: 1}");
    auto kernel = validate_kernel(tree_of("plugins:\n- {id: a, use: x}\n- id: b\n  use: y\n  config:\n    prot: 5\n"));
    REQUIRE(kernel.ok());
    CHECK(plugin_config_path(1) == "plugins[1].config");
    const auto wrong = validate(plugin_config(*kernel.tree, 1), plugin, plugin_config_path(1));
    CHECK_FALSE(wrong.ok());
    CHECK(to_text(wrong.problems) == "t.yaml:6:5: plugins[1].config.prot: unknown key; did you mean 'port'?\n");
    const auto absent = validate(plugin_config(*kernel.tree, 0), plugin, plugin_config_path(0));
    REQUIRE(absent.ok());
    CHECK(view(*absent.tree)->integer("port") == 1);
}

TEST_CASE("what a plugin requires is missed at the plugin when it has no configuration") {
    auto kernel = validate_kernel(tree_of("plugins:\n  - id: a\n    use: x\n"));
    REQUIRE(kernel.ok());
    const auto schema = properties("secret: {type: secret, required: true}");
    const auto checked = validate(plugin_config(*kernel.tree, 0), schema, plugin_config_path(0));
    CHECK(to_text(checked.problems) == "t.yaml:2:5: plugins[0].config.secret: is required\n");
}

TEST_CASE("origins may come as one variable") {
    auto kernel = validate_kernel(tree_of("server: {cors_origins: \"${env:ORIGINS:-}\"}",
                                          environment({{"ORIGINS", "https://a.example, http://b.example:8080"}})));
    REQUIRE(kernel.ok());
    CHECK(view(*kernel.tree)->strings("server.cors_origins") ==
          std::vector<std::string>{"https://a.example", "http://b.example:8080"});
    CHECK(kernel_faults("server: {cors_origins: [https://a.example/]}") ==
          "t.yaml:1:25: server.cors_origins[0]: 'https://a.example/' does not match \\*|https?://[^/?# ]+\n");
}

TEST_CASE("a short secret is refused without being shown") {
    CHECK(kernel_faults("security: {secret: hunter2}") ==
          "t.yaml:1:20: security.secret: the secret must have at least 32 characters\n");
}

TEST_CASE("the state folder is known before references are replaced") {
    const auto raw = [](std::string_view text) { return *read_yaml(text, "t.yaml").root; };
    const auto sources = environment({{"DIR", "/srv/televisit"}});
    CHECK(state_dir_of(raw("state_dir: ${env:DIR}"), sources.environment) == "/srv/televisit");
    CHECK(state_dir_of(raw("state_dir: ${env:NONE:-var}"), sources.environment) == "var");
    CHECK(state_dir_of(raw("state_dir: ${env:NONE}"), sources.environment).empty());
    CHECK(state_dir_of(raw(""), sources.environment) == "/var/lib/televisit");
}
