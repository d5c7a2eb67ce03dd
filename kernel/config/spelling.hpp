#pragma once
/// "Did you mean …?"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace televisit::config {

/// The number of insertions, deletions, replacements and swaps of neighbours between two texts (Damerau-Levenshtein,
/// optimal string alignment), in bytes. **Blocks**: never; takes the product of both lengths.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `written` was most likely meant to be; empty when none is near. Capitals, '-' and '_' hardly
/// count.
std::string_view nearest(std::string_view written, const std::vector<std::string_view>& candidates);

/// "; did you mean 'port'?", or nothing.
std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace televisit::config
