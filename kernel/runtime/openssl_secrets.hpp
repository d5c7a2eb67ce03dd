#pragma once
/// Randomness and digests, from OpenSSL.

#include "televisit/sdk/secrets.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Errors**: std::runtime_error when the generator has no entropy, which no caller can mend.
class OpensslSecrets final : public Secrets {
  public:
    std::string random_bytes(std::size_t count) override;
    Sha256 sha256(std::string_view data) const override;
    Sha256 hmac_sha256(std::string_view key, std::string_view data) const override;
    std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data) const override;
    bool equal(std::string_view a, std::string_view b) const noexcept override;
    std::string uuid() override;
};

}  // namespace televisit::runtime
