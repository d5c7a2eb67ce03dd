#pragma once
/// Randomness, digests and comparing in constant time. **Threads**: any. **Blocks**: never.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace televisit {

using Sha256 = std::array<std::uint8_t, 32>;

class Secrets {
  public:
    virtual ~Secrets() = default;
    /// That many bytes of a cryptographic generator.
    virtual std::string random_bytes(std::size_t count) = 0;
    virtual Sha256 sha256(std::string_view data) const = 0;
    virtual Sha256 hmac_sha256(std::string_view key, std::string_view data) const = 0;
    /// 20 bytes; what coturn's ephemeral credentials and the WebSocket handshake ask for.
    virtual std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data) const = 0;
    /// In a time that depends on the sizes only.
    virtual bool equal(std::string_view a, std::string_view b) const noexcept = 0;
    /// A random (version 4) UUID in lower case.
    virtual std::string uuid() = 0;
};

}  // namespace televisit
