#pragma once
/// A single value against its schema. Private to validation.

#include <string>

#include "config/node.hpp"
#include "config/schema.hpp"

namespace televisit::config {

/// Types and checks the scalar `node`. The answer is what is wrong, fit to follow the path and ": "; empty when nothing
/// is.
std::string check_scalar(Node& node, const Schema& schema);

/// What a schema allows, in words: "an integer from 1 to 65535", "one of memory, redis".
std::string allowed(const Schema& schema);

/// The bounds alone: "from 1 to 65535", "at least 10s"; empty when there are none. `of` precedes a count: "of 1 to 64
/// characters".
std::string bounds_text(const Schema& schema);

}  // namespace televisit::config
