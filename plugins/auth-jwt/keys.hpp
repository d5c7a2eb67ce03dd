#pragma once
/// What a signature is checked with, and where the keys come from.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::auth_jwt {

enum class Algorithm : std::uint8_t { hs256, rs256, es256 };

/// The name in a token's `alg`, e.g. "HS256".
std::string_view to_string(Algorithm algorithm) noexcept;

/// One key for one algorithm. **Threads**: any, concurrently. **Blocks**: never.
class VerificationKey {
  public:
    virtual ~VerificationKey() = default;
    virtual bool holds(std::string_view signed_text, std::string_view signature) const = 0;
};

using KeyList =
    std::vector<std::shared_ptr<const VerificationKey>>;  ///< shared: keys are rotated while others use them

/// Where keys come from: a fixed one here, a key set that rotates elsewhere. **Threads**: any, concurrently.
/// **Blocks**: to the deadline. **Errors**: `unavailable` when there are no keys to be had.
class KeySource {
  public:
    virtual ~KeySource() = default;
    /// The keys that may have signed a token which names `kid` (or none); an empty list when that key is unknown.
    virtual Result<KeyList> keys_for(std::string_view kid, const CallContext& context) = 0;
};

/// Always the same key, whatever `kid` says.
class FixedKey final : public KeySource {
  public:
    explicit FixedKey(std::shared_ptr<const VerificationKey> key) : keys_{std::move(key)} {}
    Result<KeyList> keys_for(std::string_view, const CallContext&) override { return keys_; }

  private:
    KeyList keys_;
};

/// HMAC-SHA256, compared in constant time. `secrets` must outlive it.
std::shared_ptr<const VerificationKey> make_hmac_key(std::string secret, const Secrets& secrets);

/// A public key out of PEM text. **Errors**: `invalid`, with a message for the operator, when the text is no public key
/// or the key does not go with the algorithm: RSA of 2048 bits or more for RS256, P-256 for ES256.
Result<std::shared_ptr<const VerificationKey>> make_public_key(Algorithm algorithm, const std::string& pem);

/// A key for RS256 out of its numbers, big-endian bytes. **Errors**: `invalid` when they are no RSA public key of 2048
/// to 8192 bits.
Result<std::shared_ptr<const VerificationKey>> make_rsa_key(std::string_view modulus, std::string_view exponent);

/// A key for ES256 out of the coordinates of its point, 32 bytes each. **Errors**: `invalid` when that is no point of
/// P-256.
Result<std::shared_ptr<const VerificationKey>> make_p256_key(std::string_view x, std::string_view y);

}  // namespace televisit::auth_jwt
