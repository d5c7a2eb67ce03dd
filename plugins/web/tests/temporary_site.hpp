#pragma once
/// A folder of files that is gone after the test.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace televisit::web::testing {

class TemporarySite {
  public:
    TemporarySite() {
        auto form = (std::filesystem::temp_directory_path() / "televisit-site-XXXXXX").string();
        if (::mkdtemp(form.data()) == nullptr) throw std::runtime_error("no temporary folder");
        root_ = form;
        std::filesystem::create_directory(folder());
    }
    ~TemporarySite() { std::filesystem::remove_all(root_); }
    TemporarySite(const TemporarySite&) = delete;
    TemporarySite& operator=(const TemporarySite&) = delete;

    /// What is served; its parent holds what must not be.
    std::filesystem::path folder() const { return root_ / "site"; }
    std::filesystem::path root() const { return root_; }

    void write(const std::string& name, std::string_view content) const {
        const auto file = folder() / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    }

  private:
    std::filesystem::path root_;
};

}  // namespace televisit::web::testing
