#include "site_location.hpp"

#include <dlfcn.h>

#include <system_error>

namespace televisit::web {

std::optional<std::filesystem::path> site_above(std::filesystem::path folder) {
    while (true) {
        std::error_code ignored;
        auto site = folder / "share" / "televisit" / "web";
        if (std::filesystem::is_directory(site, ignored)) return site;
        if (!folder.has_relative_path()) return std::nullopt;
        folder = folder.parent_path();
    }
}

std::optional<std::filesystem::path> installed_site() {
    static const char kHere = 0;
    Dl_info library{};
    if (::dladdr(&kHere, &library) == 0 || library.dli_fname == nullptr) return std::nullopt;
    std::error_code failure;
    const auto file = std::filesystem::canonical(library.dli_fname, failure);
    if (failure) return std::nullopt;
    return site_above(file.parent_path());
}

}  // namespace televisit::web
