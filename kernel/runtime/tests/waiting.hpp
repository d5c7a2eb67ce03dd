#pragma once
/// Waiting for what another thread does.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace televisit::runtime::testing {

/// Long enough for any machine; never waited for when all is well.
inline constexpr std::chrono::seconds kPatience{30};

/// Something that happens once. Whoever has waited for it may destroy it.
class Event {
  public:
    void set() {
        const std::lock_guard lock(mutex_);
        happened_ = true;
        changed_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [this] { return happened_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool happened_ = false;  // guarded by mutex_
};

inline std::chrono::steady_clock::time_point patience_from_now() {
    return std::chrono::steady_clock::now() + kPatience;
}

}  // namespace televisit::runtime::testing
