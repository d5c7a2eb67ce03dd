#pragma once
/// The secret of the rotation that makes credentials at this moment.

#include <mutex>
#include <string>

#include "secrets_file.hpp"

namespace televisit::turn {

/// **Threads**: any.
class SecretBook {
  public:
    explicit SecretBook(std::filesystem::path file) : file_(std::move(file)) {}

    std::string secret() const {
        const std::lock_guard lock(mutex_);
        return secret_;
    }
    /// Reads the file if it has changed; whether the secret is another one now. One that cannot be read, or has none to
    /// make credentials with, changes nothing. **Blocks**: for the disk. **Errors**: as `SecretsFile::read`.
    Result<bool> refresh() {
        auto stamp = file_.stamp();
        {
            const std::lock_guard lock(mutex_);
            if (stamp == read_) return false;
        }
        auto read = file_.read();
        if (!read) return read.error();
        const std::lock_guard lock(mutex_);
        read_ = std::move(stamp);
        if (read->mint.empty() || read->mint == secret_) return false;
        secret_ = std::move(read->mint);
        return true;
    }

  private:
    const SecretsFile file_;
    mutable std::mutex mutex_;
    std::string secret_;              // guarded by mutex_
    std::vector<std::int64_t> read_;  // guarded by mutex_; the stamp of what was read
};

}  // namespace televisit::turn
