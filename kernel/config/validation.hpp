#pragma once
/// A tree against a schema.

#include <optional>
#include <string>

#include "config/diagnostic.hpp"
#include "config/node.hpp"
#include "config/schema.hpp"

namespace televisit::config {

/// The tree as it holds, or what is wrong with it.
struct Validated {
    std::optional<Node> tree{};
    Diagnostics problems{};

    bool ok() const noexcept { return tree.has_value(); }
};

/// Checks a tree, or a part of one whose dotted path is `path`, and gives every value its type. All faults are
/// collected; what is marked `broken` has been reported already and makes no new one, nor does it let the tree hold.
///
/// In the result each map has every key that its schema knows, in the schema's order: as written, else the default,
/// else a map of defaults (unless something in it is required), else a node without value. What the environment makes
/// empty counts as not written; so does an empty map or list key (`plugins:` with nothing below).
///
/// **Threads**: any. **Blocks**: never. **Errors**: in `problems`; no message holds a secret, nor what came from the
/// environment or a file.
Validated validate(Node tree, const Schema& schema, const std::string& path = {});

}  // namespace televisit::config
