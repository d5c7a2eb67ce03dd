#pragma once
/// `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in the values of a tree.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/node.hpp"

namespace televisit::config {

inline constexpr std::size_t kMaxIncludedFileBytes = 64 * 1024;
inline constexpr std::size_t kMaxInterpolatedBytes = 1024 * 1024;  ///< of a whole tree
inline constexpr std::size_t kMaxReferenceDepth = 8;               ///< defaults within defaults

/// The text that goes by a name, or nothing when there is none. Must not throw.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
using Environment = Lookup;

/// Where references are looked up.
struct Sources {
    Environment environment{};                          ///< `${env:NAME}`
    std::map<std::string, Lookup, std::less<>> more{};  ///< `${<source>:NAME}`; treated like files: never quoted
};

/// The environment of this process. **Threads**: only while no thread changes it.
Environment process_environment();

/// Replaces the references in every value, in place; keys are left alone. `$${` stands for `${`. A default is also
/// taken when the variable is empty, and may hold references itself, which are followed only then. A file gives its
/// contents without one line end at its end; it must be named by an absolute path, not be empty, and hold text. What
/// cannot be replaced is reported and marked `broken`.
///
/// **Blocks**: for the disk, at `${file:…}`. **Errors**: in `problems`; no message holds a value.
void interpolate(Node& root, const Sources& sources, Diagnostics& problems);

}  // namespace televisit::config
