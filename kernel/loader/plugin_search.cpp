#include "loader/plugin_search.hpp"

namespace televisit::loader {

namespace fs = std::filesystem;

Result<fs::path> find_plugin(const std::vector<fs::path>& folders, const std::string& use) {
    std::string searched;
    for (const fs::path& folder : folders) {
        std::error_code ignored;
        const fs::path file = fs::absolute(folder / (use + ".so"), ignored).lexically_normal();
        if (fs::is_regular_file(file, ignored)) return file;
        searched += (searched.empty() ? "" : ", ") + folder.string();
    }
    return error(Errc::not_found,
                 "there is no " + use + ".so in " + (searched.empty() ? "any folder of plugin_path" : searched));
}

fs::path default_plugin_folder() {
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed);
    return failed ? fs::path("lib/televisit/plugins")
                  : program.parent_path().parent_path() / "lib" / "televisit" / "plugins";
}

}  // namespace televisit::loader
