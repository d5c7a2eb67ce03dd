#pragma once
/// The kernel's own part of the configuration.

#include <string>
#include <string_view>

#include "config/interpolation.hpp"
#include "config/schema.hpp"
#include "config/validation.hpp"

namespace televisit::config {

/// The text of `kernel_schema.yaml`.
std::string_view kernel_schema_text() noexcept;

/// It, parsed. **Threads**: any; it is made at the first call and never changes.
const Schema& kernel_schema();

/// `validate` against the kernel's schema, and that every role names a plugin of the list. What stands under
/// `plugins[].config` is left for each plugin's own schema.
Validated validate_kernel(Node tree);

/// What to check against the schema of `plugins[index]` of a validated tree, under the path `plugins[<index>].config`.
/// A plugin without `config` has an empty map, whose place is that of the plugin.
Node plugin_config(const Node& tree, std::size_t index);
std::string plugin_config_path(std::size_t index);

/// `state_dir` of a tree that is not interpolated yet: for sources of references that live there. Empty when it cannot
/// be told; `interpolate` and `validate_kernel` then say why.
std::string state_dir_of(const Node& tree, const Environment& environment);

}  // namespace televisit::config
