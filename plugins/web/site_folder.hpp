#pragma once
/// The files of one folder, and nothing outside it.

#include <sys/stat.h>

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "televisit/sdk/result.hpp"

namespace televisit::web {

/// A file as it was when it was read.
struct SiteFile {
    std::string name;    ///< below the folder, e.g. "vendor/socket.io.min.js"
    std::string digest;  ///< of the content, in characters that an entity tag may have
    std::string content;
};

/// **Threads**: any. **Blocks**: on the disk. A path is walked part by part from the folder's own descriptor, following
/// no symbolic link, so neither ".." nor a link nor a folder that is moved meanwhile leads out.
class SiteFolder {
  public:
    struct Limits {
        std::size_t max_file;  ///< bytes of the largest file served
        std::size_t cache;     ///< bytes of content kept in memory; the file read longest ago goes first
    };
    using Digest = std::function<std::string(std::string_view content)>;

    /// **Errors**: `invalid` when the folder cannot be opened.
    static Result<std::unique_ptr<SiteFolder>> open(const std::string& folder, Limits limits, Digest digest);
    ~SiteFolder();
    SiteFolder(const SiteFolder&) = delete;
    SiteFolder& operator=(const SiteFolder&) = delete;

    /// The file at the path of a URL, decoded; a path that ends in '/' means its index.html. **Errors**: `not_found`
    /// when there is none, when a part begins with a dot, when it is no plain file, or is too large; `unavailable` when
    /// it changed while it was read.
    Result<std::shared_ptr<const SiteFile>> read(std::string_view url_path);

  private:
    struct Entry {
        struct stat state;
        std::shared_ptr<const SiteFile> file;
        std::list<std::string>::iterator turn;
    };

    SiteFolder(int descriptor, Limits limits, Digest digest);
    std::shared_ptr<const SiteFile> cached(const std::string& name, const struct stat& state);
    void keep(const std::shared_ptr<const SiteFile>& file, const struct stat& state);
    void forget_oldest();

    const int folder_;
    const Limits limits_;
    const Digest digest_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  ///< guarded by mutex_
    std::list<std::string> turns_;                    ///< guarded by mutex_; most recently served first
    std::size_t cached_bytes_ = 0;                    ///< guarded by mutex_
};

}  // namespace televisit::web
