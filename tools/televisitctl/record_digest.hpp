#pragma once
/// One number for many records, whatever their order: two stores that hold the same have the same.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "televisit/sdk/record_transfer.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::ctl {

/// The bytes that stand for a record: every field of it, each with its size.
std::string canonical(const StoredRecord& record);

/// The count of the records, and the sum of the SHA-256 of their bytes, modulo 2^256.
class RecordDigest {
  public:
    void add(const StoredRecord& record);
    std::uint64_t count() const noexcept { return count_; }
    std::string hex() const;
    friend bool operator==(const RecordDigest&, const RecordDigest&) = default;

    /// "<count> <hex>", and back. **Errors**: `malformed`.
    std::string text() const { return std::to_string(count_) + ' ' + hex(); }
    static Result<RecordDigest> parse(std::string_view text);

  private:
    std::uint64_t count_ = 0;
    std::array<std::uint32_t, 8> sum_{};  // the lowest digits first
};

}  // namespace televisit::ctl
