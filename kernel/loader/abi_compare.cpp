#include "loader/abi_compare.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "televisit/sdk/abi.hpp"

namespace televisit::loader {
namespace {

constexpr std::array<std::string_view, 6> kParts{
    "SDK number", "compiler", "standard library", "C++ level", "machine", "sanitizer",
};

std::vector<std::string_view> split(std::string_view tag) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = tag.find(';');
        parts.push_back(tag.substr(0, end));
        if (end == std::string_view::npos) return parts;
        tag = tag.substr(end + 1);
    }
}

std::string differing_parts(std::string_view server, std::string_view plugin) {
    const auto ours = split(server);
    const auto theirs = split(plugin);
    std::string text;
    for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
        const std::string_view our = i < ours.size() ? ours[i] : "absent";
        const std::string_view their = i < theirs.size() ? theirs[i] : "absent";
        if (our == their) continue;
        if (!text.empty()) text += "; ";
        text += "its ";
        text += i < kParts.size() ? kParts[i] : std::string_view("further part");
        text += " is ";
        text += their;
        text += ", the server's is ";
        text += our;
    }
    return text;
}

}  // namespace

std::string_view server_abi() noexcept {
    return TELEVISIT_ABI_TAG;
}

std::optional<std::string> abi_difference(std::string_view server, std::string_view plugin) {
    if (server == plugin) return std::nullopt;
    return "was built for another server: " + differing_parts(server, plugin) +
           ". Rebuild the plugin with the SDK of this server: " + std::string(server);
}

}  // namespace televisit::loader
