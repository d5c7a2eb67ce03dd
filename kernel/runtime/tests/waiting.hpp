#pragma once
/// Waiting for what another thread does.

#include <chrono>
#include <future>

namespace televisit::runtime::testing {

/// Long enough for any machine; never waited for when all is well.
inline constexpr std::chrono::seconds kPatience{30};

/// Something that happens once.
class Event {
  public:
    void set() { promise_.set_value(); }
    bool wait() { return future_.wait_for(kPatience) == std::future_status::ready; }

  private:
    std::promise<void> promise_;
    std::shared_future<void> future_{promise_.get_future()};
};

inline std::chrono::steady_clock::time_point patience_from_now() {
    return std::chrono::steady_clock::now() + kPatience;
}

}  // namespace televisit::runtime::testing
