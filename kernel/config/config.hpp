#pragma once
/// Everything about configuration, in the order of use:
///
///     auto loaded = config::load_file("conf/televisitd.yaml", {config::process_environment()});
///     auto kernel = config::validate_kernel(std::move(*loaded.root));        // fills defaults, types every value
///     auto schema = config::parse_schema(manifest_schema, "turn/config_schema.yaml");
///     auto plugin = config::validate(config::plugin_config(*kernel.tree, 0), *schema.schema,
///     config::plugin_config_path(0)); auto view = config::view(std::move(*plugin.tree));                     // what a
///     plugin gets std::cerr << config::to_text(problems);                                // all `problems` of all
///     steps, appended
///
/// **Errors**: every step gives `Diagnostics`; go on while there is a tree, so that the reader hears of everything at
/// once.

#include <filesystem>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/interpolation.hpp"
#include "config/kernel_schema.hpp"
#include "config/node.hpp"
#include "config/reference.hpp"
#include "config/rendering.hpp"
#include "config/schema.hpp"
#include "config/tree_view.hpp"
#include "config/validation.hpp"
#include "config/yaml_reader.hpp"

namespace televisit::config {

/// Reads a file and replaces its references. **Blocks**: for the disk. **Errors**: in `problems`; what is wrong in part
/// still has its `root`.
Loaded load_file(const std::filesystem::path& path, const Sources& sources);

/// The same for a text, which diagnostics call `name`.
Loaded load_text(std::string_view text, const std::string& name, const Sources& sources);

}  // namespace televisit::config
