#pragma once
/// The file in which rotated secrets stand, one a line: what it is for, the secret, and for one that was replaced the
/// second at which it may go.
///
///     mint 5f0c…
///     old 91ab… 1764460800

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::turn {

struct RetiringSecret {
    std::string secret;
    std::chrono::sys_seconds until{};
};

struct RotatingSecrets {
    std::string mint{};                 ///< makes credentials; empty before the first rotation
    std::string next{};                 ///< on its way to the servers; empty when none is
    std::vector<RetiringSecret> old{};  ///< still accepted
};

std::string written(const RotatingSecrets& secrets);
/// **Errors**: `malformed` with the number of the line; never what stands in it.
Result<RotatingSecrets> parse_secrets(std::string_view text);

/// **Blocks**: for the disk.
class SecretsFile {
  public:
    explicit SecretsFile(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const noexcept { return path_; }
    /// A file that does not exist holds none. **Errors**: as `parse_secrets`, `unavailable` when it cannot be read.
    Result<RotatingSecrets> read() const;
    /// Whole or not at all, on the disk when it returns. A new file is for its owner alone; one that is there keeps its
    /// owner and mode. **Errors**: `unavailable`.
    Result<void> write(const RotatingSecrets& secrets) const;
    /// Another one after each `write`; empty when it does not exist.
    std::vector<std::int64_t> stamp() const;

  private:
    const std::filesystem::path path_;
};

}  // namespace televisit::turn
