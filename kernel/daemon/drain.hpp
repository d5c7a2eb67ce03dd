#pragma once
/// Emptying a running server on an operator's order: clients are told, then have until a deadline, then are cut.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "televisit/sdk/plugin.hpp"

namespace televisit::daemon {

struct DrainOrder {
    std::chrono::milliseconds deadline{60'000};  ///< until clients that have not left are cut
    DrainNotice notice{};
};

enum class DrainState : std::uint8_t {
    none,
    announced,  ///< clients have been told, and may still stay
    drained     ///< all have gone, or been cut
};

constexpr std::string_view to_string(DrainState state) noexcept {
    switch (state) {
        case DrainState::none:
            return "none";
        case DrainState::announced:
            return "announced";
        case DrainState::drained:
            return "drained";
    }
    return "none";
}

/// Once ordered it is not taken back: the process is to be stopped afterwards. **Threads**: any. **Blocks**: only
/// `finish` and the destructor, as long as the steps do.
class Drain {
  public:
    /// What is done, on a thread of the drain's own.
    struct Steps {
        std::function<void(const DrainNotice&)> announce;
        std::function<std::size_t()> clients;  ///< those connected now
        std::function<void()> cut;
    };

    explicit Drain(Steps steps) : steps_(std::move(steps)) {}
    ~Drain() { finish(); }
    Drain(const Drain&) = delete;
    Drain& operator=(const Drain&) = delete;

    /// The server runs: from now on orders are taken.
    void open();
    /// **Errors**: `unavailable` while there is nothing to empty; `conflict` when it has been ordered before: the first
    /// order stands.
    Result<void> begin(DrainOrder order);
    /// Lets clients that are still there stay no longer, and takes no order any more. Whether a drain was ordered; it
    /// is over then.
    bool finish();
    DrainState state() const;

  private:
    void run(const DrainOrder& order);

    const Steps steps_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    DrainState state_ = DrainState::none;  // guarded by mutex_
    bool open_ = false;                    // guarded by mutex_
    bool finishing_ = false;               // guarded by mutex_
    std::thread thread_;                   // guarded by mutex_ until `finishing_`
};

}  // namespace televisit::daemon
