#pragma once
/// Replaces the secret that credentials are made with, without a moment at which a server refuses any.

#include <chrono>
#include <functional>
#include <string>

#include "secret_store.hpp"
#include "secrets_file.hpp"
#include "televisit/sdk/ice_keeper.hpp"

namespace televisit::turn {

/// The steps, each of which may be the last one that a run gets to; the next run goes on from the file.
///
/// 1. Secrets whose time is over go: from the servers' database first, from the file then.
/// 2. A new one is written into the file as `next`, before anybody else knows it.
/// 3. It is added to the database.
/// 4. It is waited until every server takes credentials that it made.
/// 5. The file is replaced by one in which it makes credentials, and the one before is `old` until the longest
///    credentials made with it have ended.
class SecretRotation {
  public:
    struct World {
        SecretsFile& file;
        SecretStore& store;
        /// Whether every server takes credentials made with this; else who does not, and why.
        std::function<Result<void>(const std::string& secret)> taken;
        const Clock& clock;
        Secrets& secrets;
        std::function<void(std::chrono::milliseconds)> sleep;
    };
    SecretRotation(World world, std::chrono::seconds longest, std::chrono::milliseconds patience,
                   IceKeeper::Report report)
        : world_(std::move(world)), longest_(longest), patience_(patience), report_(std::move(report)) {}

    Result<void> run(Rotation wanted, const CallContext& context);

  private:
    Result<void> retire(RotatingSecrets& secrets, const CallContext& context);
    Result<void> wait_until_taken(const std::string& secret);
    Result<void> replace(RotatingSecrets& secrets, const CallContext& context);
    Result<void> wait_to_retire(RotatingSecrets& secrets, const CallContext& context);

    const World world_;
    const std::chrono::seconds longest_;
    const std::chrono::milliseconds patience_;
    const IceKeeper::Report report_;
};

/// Every server reads the file again within this time; see `SecretBook`.
inline constexpr std::chrono::seconds kPickUp{30};

}  // namespace televisit::turn
