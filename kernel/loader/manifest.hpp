#pragma once
/// What a plugin says of itself before any of its code runs.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::loader {

/// The text of the ELF note, taken apart. Source: televisit/sdk/abi.hpp.
struct Manifest {
    std::string abi{};
    std::string name{};
    std::string version{};
    std::vector<std::string> provides{};  ///< capabilities, e.g. "televisit.records/1"
    std::vector<std::string> requires_{};
    std::vector<std::string> optional{};
    std::string schema{};  ///< YAML text of the configuration's schema
    std::string text{};    ///< the whole note, to be compared with the descriptor's

    bool provides_capability(std::string_view capability) const noexcept;
};

/// **Errors**: `malformed` with what is wrong.
Result<Manifest> parse_manifest(std::string_view text);

/// Reads the note of a shared library without loading it. **Blocks**: for the disk. **Errors**: `not_found`, or
/// `malformed` for what is no complete library of ours; the message begins with the path and tells what to do.
Result<Manifest> read_manifest(const std::filesystem::path& file);

/// "provides a, b" for people: capabilities separated by ", ".
std::string joined(const std::vector<std::string>& parts);

}  // namespace televisit::loader
