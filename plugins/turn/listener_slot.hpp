#pragma once
/// Who is told of lost servers.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "televisit/sdk/ice.hpp"

namespace televisit::turn {

/// **Threads**: any. **Blocks**: `set`, until no call to the one before is under way.
class ListenerSlot {
  public:
    void set(IceListener* listener) {
        std::unique_lock lock(mutex_);
        listener_ = listener;
        idle_.wait(lock, [this] { return calls_ == 0; });
    }
    void servers_lost(std::uint64_t marks) {
        IceListener* listener = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (!listener_) return;
            listener = listener_;
            ++calls_;
        }
        listener->servers_lost(marks);
        const std::lock_guard lock(mutex_);
        if (--calls_ == 0) idle_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable idle_;
    IceListener* listener_ = nullptr;  // guarded by mutex_
    std::size_t calls_ = 0;            // guarded by mutex_
};

}  // namespace televisit::turn
