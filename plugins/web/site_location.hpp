#pragma once
/// Where the pages lie when the configuration does not say.

#include <filesystem>
#include <optional>

namespace televisit::web {

/// `share/televisit/web` in the given folder or in the nearest one above it that has it.
std::optional<std::filesystem::path> site_above(std::filesystem::path folder);

/// The same, from the folder of the library that holds this code. **Blocks**: on the disk.
std::optional<std::filesystem::path> installed_site();

}  // namespace televisit::web
