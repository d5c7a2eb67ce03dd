#pragma once
/// `Secrets` whose randomness repeats itself from run to run; digests are the real ones. Never for production.
/// **Threads**: any.

#include <mutex>
#include <random>

#include "televisit/sdk/secrets.hpp"

namespace televisit::testkit {

class DeterministicSecrets final : public Secrets {
  public:
    explicit DeterministicSecrets(std::uint64_t seed = 1) : generator_(seed) {}

    std::string random_bytes(std::size_t count) override;
    Sha256 sha256(std::string_view data) const override;
    Sha256 hmac_sha256(std::string_view key, std::string_view data) const override;
    std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data) const override;
    bool equal(std::string_view a, std::string_view b) const noexcept override;
    std::string uuid() override;

  private:
    std::mutex mutex_;
    std::mt19937_64 generator_;  // guarded by mutex_
};

}  // namespace televisit::testkit
