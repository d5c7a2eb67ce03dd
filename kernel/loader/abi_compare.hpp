#pragma once
/// Whether a plugin and this server were built to work together.

#include <optional>
#include <string>
#include <string_view>

namespace televisit::loader {

/// The ABI tag of this program.
std::string_view server_abi() noexcept;

/// Nothing when both are equal; otherwise which parts differ, and what to do about it.
std::optional<std::string> abi_difference(std::string_view server, std::string_view plugin);

}  // namespace televisit::loader
