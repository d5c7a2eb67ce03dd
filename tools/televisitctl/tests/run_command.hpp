#pragma once
/// Runs televisitctl in this process, with files and environment of its own.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"

namespace televisit::ctl {

struct Outcome {
    int status = 0;
    std::string out{};
    std::string error{};
};

inline Outcome run_command(const std::vector<std::string>& words) {
    std::ostringstream out;
    std::ostringstream error;
    const int status = run(words, {out, error});
    return {status, out.str(), error.str()};
}

/// A folder that is gone again at the end.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "televisitctl-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    const std::filesystem::path& path() const noexcept { return path_; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

  private:
    std::filesystem::path path_;
};

}  // namespace televisit::ctl
