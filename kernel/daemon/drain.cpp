#include "daemon/drain.hpp"

#include "runtime/thread_name.hpp"

namespace televisit::daemon {
namespace {

/// How often it is looked whether all clients have left.
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

void Drain::open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
}

Result<void> Drain::begin(DrainOrder order) {
    const std::lock_guard lock(mutex_);
    if (!open_ || finishing_) return error(Errc::unavailable, "not_running", "The server is being started or stopped.");
    if (state_ != DrainState::none)
        return error(Errc::conflict, "already_draining", "This server is being emptied already.");
    state_ = DrainState::announced;
    thread_ = std::thread([this, order] { run(order); });
    return {};
}

void Drain::run(const DrainOrder& order) {
    runtime::name_this_thread("drain");
    const auto end = std::chrono::steady_clock::now() + order.deadline;
    steps_.announce(order.notice);
    {
        std::unique_lock lock(mutex_);
        while (!finishing_ && std::chrono::steady_clock::now() < end) {
            lock.unlock();
            const bool left = steps_.clients() == 0;
            lock.lock();
            if (left) break;
            changed_.wait_for(lock, kLook, [this] { return finishing_; });
        }
    }
    steps_.cut();
    const std::lock_guard lock(mutex_);
    state_ = DrainState::drained;
}

bool Drain::finish() {
    {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    return state() != DrainState::none;
}

DrainState Drain::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

}  // namespace televisit::daemon
