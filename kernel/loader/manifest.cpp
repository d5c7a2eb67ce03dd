#include "loader/manifest.hpp"

#include <algorithm>
#include <optional>

namespace televisit::loader {
namespace {

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        std::string_view part = text.substr(0, comma);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return parts;
}

// "vendor.thing/1": a dotted name and a version.
bool is_capability(std::string_view text) noexcept {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
    const auto is_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    };
    const std::string_view name = text.substr(0, slash);
    const std::string_view version = text.substr(slash + 1);
    return std::all_of(name.begin(), name.end(), is_name) &&
           std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Error> check(const Manifest& manifest) {
    if (manifest.abi.empty()) return error(Errc::malformed, "its note has no `abi`");
    if (manifest.name.empty()) return error(Errc::malformed, "its note has no `name`");
    if (manifest.version.empty()) return error(Errc::malformed, "its note has no `version`");
    for (const auto* list : {&manifest.provides, &manifest.requires_, &manifest.optional})
        for (const std::string& capability : *list)
            if (!is_capability(capability))
                return error(Errc::malformed, "its note names '" + capability +
                                                  "', which is no capability: write it like televisit.records/1");
    return std::nullopt;
}

}  // namespace

bool Manifest::provides_capability(std::string_view capability) const noexcept {
    return std::find(provides.begin(), provides.end(), capability) != provides.end();
}

Result<Manifest> parse_manifest(std::string_view text) {
    text = text.substr(0, text.find('\0'));
    Manifest manifest;
    manifest.text = text;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            if (line.empty()) continue;
            return error(Errc::malformed, "its note has a line without '='");
        }
        const std::string_view key = line.substr(0, equals);
        const std::string_view value = line.substr(equals + 1);
        if (key == "schema") {
            manifest.schema = text;
            break;
        }
        if (key == "abi") manifest.abi = value;
        if (key == "name") manifest.name = value;
        if (key == "version") manifest.version = value;
        if (key == "provides") manifest.provides = split_list(value);
        if (key == "requires") manifest.requires_ = split_list(value);
        if (key == "optional") manifest.optional = split_list(value);
    }
    if (auto fault = check(manifest)) return std::move(*fault);
    return manifest;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

}  // namespace televisit::loader
