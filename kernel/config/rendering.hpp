#pragma once
/// The configuration in effect, as YAML that can be shown to anybody.

#include <string>

#include "config/node.hpp"

namespace televisit::config {

/// Prints a validated tree with its defaults (each marked `# default`). A secret, and whatever came from a file, is
/// printed as
/// `<secret>`, an empty secret as ""; a URL's credentials likewise. A single value that no schema vouches for (type
/// `any`, such as a plugin's `config` before it was replaced by what its own schema made of it) is printed as `<not
/// shown>`. Everything else reads back as the same tree.
std::string render(const Node& tree);

}  // namespace televisit::config
