#include "config/config.hpp"

#include <utility>

namespace televisit::config {

namespace {

Loaded interpolated(Loaded loaded, const Sources& sources) {
    if (loaded.root) interpolate(*loaded.root, sources, loaded.problems);
    return loaded;
}

}  // namespace

Loaded load_file(const std::filesystem::path& path, const Sources& sources) {
    return interpolated(read_yaml_file(path), sources);
}

Loaded load_text(std::string_view text, const std::string& name, const Sources& sources) {
    return interpolated(read_yaml(text, name), sources);
}

}  // namespace televisit::config
