#include "media_types.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace televisit::web {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kTypes{
    Entry{"css", "text/css; charset=utf-8"},
    Entry{"html", "text/html; charset=utf-8"},
    Entry{"ico", "image/x-icon"},
    Entry{"jpeg", "image/jpeg"},
    Entry{"jpg", "image/jpeg"},
    Entry{"js", "text/javascript; charset=utf-8"},
    Entry{"json", "application/json"},
    Entry{"mjs", "text/javascript; charset=utf-8"},
    Entry{"mp3", "audio/mpeg"},
    Entry{"ogg", "audio/ogg"},
    Entry{"png", "image/png"},
    Entry{"svg", "image/svg+xml"},
    Entry{"txt", "text/plain; charset=utf-8"},
    Entry{"wasm", "application/wasm"},
    Entry{"webmanifest", "application/manifest+json"},
    Entry{"webp", "image/webp"},
    Entry{"woff2", "font/woff2"},
};

}  // namespace

std::string_view media_type_of(std::string_view file_name) noexcept {
    constexpr std::string_view kUnknown = "application/octet-stream";
    const auto dot = file_name.rfind('.');
    if (dot == std::string_view::npos) return kUnknown;
    const auto ending = file_name.substr(dot + 1);
    const auto same = [ending](const Entry& entry) {
        return std::ranges::equal(entry.first, ending,
                                  [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
    };
    const auto* found = std::ranges::find_if(kTypes, same);
    return found == kTypes.end() ? kUnknown : found->second;
}

}  // namespace televisit::web
