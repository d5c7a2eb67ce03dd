#pragma once
/// The one place where the domain calls whoever delivers to members' connections.

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: only `detach`, until the calls under way are back; so it must not be called by one.
class ListenerGate {
  public:
    Result<void> attach(RoomListener& listener);
    void detach(RoomListener& listener);

    /// Calls `deliver` with the listener, if there is one.
    template <class Deliver>
    void call(Deliver&& deliver) {
        auto& calls = slot();
        calls.fetch_add(1);
        if (auto* listener = listener_.load()) std::forward<Deliver>(deliver)(*listener);
        if (calls.fetch_sub(1) == 1 && !listener_.load()) calls.notify_all();
    }

  private:
    static constexpr int kSlotBits = 4;
    /// Calls under way, counted apart so that event loops do not share a cache line.
    struct alignas(64) Slot {
        std::atomic<std::size_t> calls{0};
    };
    std::atomic<std::size_t>& slot();

    std::atomic<RoomListener*> listener_{nullptr};
    std::array<Slot, 1 << kSlotBits> slots_;
};

}  // namespace televisit::consult
