#pragma once
/// Where plugin files are.

#include <filesystem>
#include <string>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::loader {

/// The first `<folder>/<use>.so` that exists, as an absolute path. **Blocks**: for the disk. **Errors**: `not_found`,
/// with the folders that were searched.
Result<std::filesystem::path> find_plugin(const std::vector<std::filesystem::path>& folders, const std::string& use);

/// Where plugins are when the configuration names no folder: lib/televisit/plugins beside the folder of this program.
std::filesystem::path default_plugin_folder();

}  // namespace televisit::loader
