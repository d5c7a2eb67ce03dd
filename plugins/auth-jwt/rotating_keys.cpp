#include "rotating_keys.hpp"

#include <algorithm>
#include <utility>

namespace televisit::auth_jwt {

namespace {

/// Less than this a server cannot ask for: every expiry is a request to it.
constexpr std::chrono::seconds kMinMaxAge{10};
constexpr std::chrono::milliseconds kShortestFetch{200};

Counter& fetches(Host& host, const char* result) {
    return host.metrics().counter("televisit_auth_jwt_key_fetches_total", "Fetches of the login's key set, by result.",
                                  {{"result", result}});
}

}  // namespace

/// The right to fetch, which one caller has at a time.
class RotatingKeys::Turn {
  public:
    explicit Turn(RotatingKeys& keys) : keys_(keys) {
        const std::lock_guard lock(keys_.mutex_);
        auto& state = keys_.state_;
        if (state.being_fetched || keys_.now() < state.paused_until) return;
        mine_ = state.being_fetched = true;
    }
    ~Turn() {
        if (!mine_) return;
        const std::lock_guard lock(keys_.mutex_);
        keys_.state_.being_fetched = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const noexcept { return mine_; }

  private:
    RotatingKeys& keys_;
    bool mine_ = false;
};

RotatingKeys::RotatingKeys(Algorithm algorithm, std::unique_ptr<KeyDocuments> documents, const RotationTimes& times,
                           Host& host)
    : algorithm_(algorithm),
      documents_(std::move(documents)),
      times_(times),
      host_(host),
      fetches_(fetches(host, "ok")),
      failures_(fetches(host, "failed")),
      count_(host.metrics().gauge("televisit_auth_jwt_keys", "Keys of the login that tokens are checked with.")) {}

std::shared_ptr<const JwkSet> RotatingKeys::usable() const {
    const std::lock_guard lock(mutex_);
    const bool counts = state_.keys && now() - state_.fetched_at <= times_.max_stale;
    return counts ? state_.keys : nullptr;
}

bool RotatingKeys::being_fetched() const {
    const std::lock_guard lock(mutex_);
    return state_.being_fetched;
}

Result<KeyList> RotatingKeys::keys_for(std::string_view kid, const CallContext& context) {
    auto set = usable();
    auto list = set ? set->keys_for(kid) : KeyList{};
    if (!list.empty()) return list;

    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(context.deadline - now());
    // Too little time left is nothing to blame the key server for.
    if (left >= kShortestFetch) static_cast<void>(fetch(std::min(times_.timeout, left)));
    set = usable();
    if (!set) return missing();
    list = set->keys_for(kid);
    // Somebody else is asking at this moment: the answer may have that key.
    if (list.empty() && being_fetched()) return missing();
    return list;
}

Result<void> RotatingKeys::fetch(std::chrono::milliseconds timeout) {
    const Turn turn(*this);
    if (!turn) return error(Errc::unavailable, "it is not the time to fetch keys");
    std::optional<std::chrono::seconds> max_age;
    auto keys = load(timeout, max_age);
    if (!keys) {
        failed(keys.error());
        return std::move(keys).error();
    }
    succeeded(*std::move(keys), max_age);
    return {};
}

void RotatingKeys::fetch_if_due() {
    {
        const std::lock_guard lock(mutex_);
        if (now() < state_.due_at) return;
    }
    static_cast<void>(fetch(times_.timeout));
}

Result<JwkSet> RotatingKeys::load(std::chrono::milliseconds timeout, std::optional<std::chrono::seconds>& max_age) {
    auto document = documents_->fetch(timeout);
    if (!document) return std::move(document).error();
    max_age = document->max_age;
    return read_jwk_set(algorithm_, document->text);
}

void RotatingKeys::succeeded(JwkSet keys, std::optional<std::chrono::seconds> max_age) {
    std::chrono::milliseconds age = times_.max_age;
    if (max_age) age = std::min<std::chrono::milliseconds>(age, std::max(*max_age, kMinMaxAge));
    const auto size = keys.size();
    {
        const std::lock_guard lock(mutex_);
        state_.fetched_at = now();
        state_.due_at = state_.fetched_at + age;
        state_.paused_until = state_.fetched_at + std::min(times_.cooldown, age);
        state_.failures = 0;
        state_.keys = std::make_shared<const JwkSet>(std::move(keys));
    }
    fetches_.add();
    count_.set(static_cast<double>(size));
    if (size == 0)
        host_.logger().warning("the login's key set has no key of use", {{"algorithm", to_string(algorithm_)}});
    else
        host_.logger().debug("keys fetched", {{"keys", size}});
}

void RotatingKeys::failed(const Error& why) {
    std::chrono::milliseconds pause{};
    {
        const std::lock_guard lock(mutex_);
        pause = pause_after(++state_.failures);
        state_.due_at = state_.paused_until = now() + pause;
    }
    failures_.add();
    host_.logger().warning("keys not to be had", {{"reason", why.message}, {"again_in_ms", pause.count()}});
}

std::chrono::milliseconds RotatingKeys::pause_after(std::uint32_t failures) const {
    auto pause = times_.retry;
    for (std::uint32_t i = 1; i < failures && pause < times_.max_retry; ++i) pause *= 2;
    pause = std::min(pause, times_.max_retry);
    // Between half and all of it, so that the nodes of a cluster do not come back to a weak server all at once.
    const auto chance = static_cast<unsigned char>(host_.secrets().random_bytes(1).front());
    return pause / 2 + pause * chance / (2 * 255);
}

Error RotatingKeys::missing() const {
    auto failure = error(Errc::unavailable, "keys_unavailable", "Signing in is not possible at the moment.");
    const std::lock_guard lock(mutex_);
    const auto pause = std::chrono::ceil<std::chrono::seconds>(state_.paused_until - now());
    failure.retry_after = std::max(state_.being_fetched ? std::chrono::seconds(1) : pause, std::chrono::seconds(1));
    return failure;
}

}  // namespace televisit::auth_jwt
