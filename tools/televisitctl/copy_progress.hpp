#pragma once
/// How far a copy has come, in a file: whoever is interrupted goes on from there.

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "record_digest.hpp"

namespace televisit::ctl {

struct CopyProgress {
    std::string of{};      ///< which copy: a digest of both configurations
    std::size_t kind = 0;  ///< index into `kRecordKinds`; as many as there are once all are copied
    std::string place{};   ///< of the next page of that kind
    std::array<RecordDigest, kRecordKinds.size()> copied{};
};

/// **Threads**: one. **Blocks**: for the disk.
class ProgressFile {
  public:
    explicit ProgressFile(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const noexcept { return path_; }
    /// Nothing when there is no such file. **Errors**: `malformed` for a file of something else.
    Result<std::optional<CopyProgress>> load() const;
    /// Puts a whole file in the place of the one before. **Errors**: `unavailable`.
    Result<void> save(const CopyProgress& progress) const;
    void remove() const;

  private:
    std::filesystem::path path_;
};

}  // namespace televisit::ctl
