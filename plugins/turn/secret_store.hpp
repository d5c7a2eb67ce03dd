#pragma once
/// Where coturn looks its secrets up: a database that it reads at each allocation.

#include <memory>
#include <string>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::turn {

/// **Threads**: one at a time. **Blocks**: to the deadline. **Errors**: `unavailable`, without secrets and without the
/// URL, which may hold a password.
class SecretStore {
  public:
    virtual ~SecretStore() = default;
    /// Both are idempotent.
    virtual Result<void> add(const std::string& secret, const CallContext& context) = 0;
    virtual Result<void> remove(const std::string& secret, const CallContext& context) = 0;
};

/// The table `turn_secret` of that database. **Source**: coturn's turndb/schema.sql.
std::unique_ptr<SecretStore> postgres_secrets(std::string url, std::string realm);
/// The set `turn/realm/<realm>/secret`; redis://[user[:password]@]host[:port][/database], percent-encoded. **Source**:
/// coturn's turndb/schema.userdb.redis. **Errors**: throws `std::invalid_argument` for another URL.
std::unique_ptr<SecretStore> redis_secrets(const std::string& url, std::string realm);
/// By the URL's scheme. **Errors**: as above.
std::unique_ptr<SecretStore> open_secret_store(const std::string& url, const std::string& realm);

}  // namespace televisit::turn
