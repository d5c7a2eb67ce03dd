#pragma once
/// A JSON Web Key Set: the public keys that a login signs with just now. Source: RFC 7517, RFC 7518 §6.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keys.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::auth_jwt {

inline constexpr std::size_t kMaxKeySet = 256 * 1024;  ///< bytes of a key set
inline constexpr std::size_t kMaxKeys = 64;            ///< in one set

/// The keys of one set that are fit for one algorithm. **Threads**: read-only.
class JwkSet {
  public:
    struct Entry {
        std::string kid;  ///< empty when the set does not name the key
        std::shared_ptr<const VerificationKey> key;
    };

    explicit JwkSet(std::vector<Entry> entries) : entries_(std::move(entries)) {}

    /// The keys that may have signed a token which names `kid`: those of that name and those without one; all, when the
    /// token names none.
    KeyList keys_for(std::string_view kid) const;
    std::size_t size() const noexcept { return entries_.size(); }

  private:
    std::vector<Entry> entries_;
};

/// Reads a set, and passes over the keys in it that are not for this: of another type, curve or `alg`, with a `use`
/// other than `sig` or `key_ops` without `verify`, too weak, damaged, or with a private part, which is none any more
/// once it is published. A set without any fit key is a set.
/// **Errors**: `invalid` when `text` is no key set, is too long, or has more than `kMaxKeys` keys.
Result<JwkSet> read_jwk_set(Algorithm algorithm, std::string_view text);

}  // namespace televisit::auth_jwt
