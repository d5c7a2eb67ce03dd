#pragma once
/// Reference text made from a schema.

#include <string>
#include <string_view>

#include "config/schema.hpp"

namespace televisit::config {

/// Markdown: a heading with `title`, the schema's own description, and a table of all keys, with type and bounds,
/// default and description. A map at the top has a heading and a table of its own; what is deeper is named by its
/// dotted path.
std::string reference(const Schema& schema, std::string_view title);

}  // namespace televisit::config
