#pragma once
/// YAML text into a plain tree, strictly.
///
/// The dialect is the part of YAML 1.2 that reads the same to everybody: one document of maps, lists and single values.
/// Aliases, anchors, tags, merge keys, duplicate keys and keys that are not plain text are refused. A value has no type
/// of its own yet
/// (`0644` and `no` are text): the schema gives it one.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/node.hpp"

namespace televisit::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 50'000;

/// What could be read. Where only a part is wrong, the rest is there all the same and the part is marked `broken`, so
/// that validation can report what else is wrong; without `root` there is nothing to go on with.
struct Loaded {
    std::optional<Node> root{};
    Diagnostics problems{};

    bool ok() const noexcept { return root.has_value() && problems.empty(); }
};

/// Reads YAML text; `name` is what diagnostics call it. An empty text is an empty map. Interpolates nothing.
/// **Threads**: any. **Errors**: all in `problems`; throws nothing but std::bad_alloc.
Loaded read_yaml(std::string_view text, const std::string& name);

/// The same for a file of at most `kMaxFileBytes`. **Blocks**: for the disk.
Loaded read_yaml_file(const std::filesystem::path& path);

}  // namespace televisit::config
