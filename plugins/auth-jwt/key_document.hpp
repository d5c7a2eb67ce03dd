#pragma once
/// Where the text of a key set comes from: a file, or a server.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "televisit/sdk/result.hpp"

namespace televisit::auth_jwt {

struct KeyDocument {
    std::string text;
    std::optional<std::chrono::seconds> max_age{};  ///< how long its server says that it stays true
};

/// **Threads**: one at a time. **Errors**: their messages are fit for an operator, and quote nothing that was fetched.
class KeyDocuments {
  public:
    virtual ~KeyDocuments() = default;
    /// **Blocks**: about `timeout` at most. **Errors**: `unavailable`.
    virtual Result<KeyDocument> fetch(std::chrono::milliseconds timeout) = 0;
};

class FileDocuments final : public KeyDocuments {
  public:
    FileDocuments(std::string file, std::size_t max_size) : file_(std::move(file)), max_size_(max_size) {}
    Result<KeyDocument> fetch(std::chrono::milliseconds) override;

  private:
    std::string file_;
    std::size_t max_size_;
};

/// The text of a file that is not empty and not longer than that. **Errors**: `unavailable`.
Result<std::string> read_file(const std::string& file, std::size_t max_size);

}  // namespace televisit::auth_jwt
