#pragma once
/// Keys that a login changes while the server runs.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "jwk_set.hpp"
#include "key_document.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::auth_jwt {

/// When a key set is fetched, and how long it counts.
struct RotationTimes {
    std::chrono::milliseconds max_age{std::chrono::minutes(10)};  ///< fetched again after this; the server may say less
    std::chrono::milliseconds max_stale{std::chrono::hours(24)};  ///< no longer used, if it could not be fetched again
    std::chrono::milliseconds cooldown{std::chrono::seconds(30)};  ///< between fetches for the sake of unknown keys
    std::chrono::milliseconds retry{std::chrono::seconds(5)};      ///< after a first failure; doubled with each further
    std::chrono::milliseconds max_retry{std::chrono::minutes(5)};
    std::chrono::milliseconds timeout{std::chrono::seconds(3)};  ///< of one fetch
};

/// The keys of the last set that could be fetched. Fetched anew when they are old, and when a token names a key that is
/// not among them; never by two callers at once, and never before a pause is over, whatever tokens come.
/// **Threads**: any, concurrently. **Blocks**: the one caller that fetches, for `timeout`; nobody else.
/// **Errors**: `unavailable` when there are no keys that still count, or when they are being fetched at this moment for
/// the sake of such a token.
class RotatingKeys final : public KeySource {
  public:
    RotatingKeys(Algorithm algorithm, std::unique_ptr<KeyDocuments> documents, const RotationTimes& times, Host& host);

    Result<KeyList> keys_for(std::string_view kid, const CallContext& context) override;
    /// Fetches now, unless a pause forbids it. **Errors**: those of the document, and `invalid` when it is no key set.
    Result<void> fetch(std::chrono::milliseconds timeout);
    /// Fetches when the keys are old: to be called again and again.
    void fetch_if_due();

  private:
    class Turn;
    struct State {
        std::shared_ptr<const JwkSet> keys{};  ///< shared: replaced while others read it
        SteadyTime fetched_at{};
        SteadyTime due_at{};         ///< when it is to be fetched again
        SteadyTime paused_until{};   ///< nobody fetches before
        std::uint32_t failures = 0;  ///< in a row
        bool being_fetched = false;
    };

    SteadyTime now() const { return host_.clock().steady_now(); }
    std::shared_ptr<const JwkSet> usable() const;
    bool being_fetched() const;
    Error missing() const;
    Result<JwkSet> load(std::chrono::milliseconds timeout, std::optional<std::chrono::seconds>& max_age);
    void succeeded(JwkSet keys, std::optional<std::chrono::seconds> max_age);
    void failed(const Error& why);
    std::chrono::milliseconds pause_after(std::uint32_t failures) const;

    const Algorithm algorithm_;
    const std::unique_ptr<KeyDocuments> documents_;
    const RotationTimes times_;
    Host& host_;
    Counter& fetches_;
    Counter& failures_;
    Gauge& count_;
    mutable std::mutex mutex_;
    State state_;  // guarded by mutex_
};

}  // namespace televisit::auth_jwt
