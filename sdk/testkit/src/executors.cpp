#include "televisit/testkit/executors.hpp"

#include <algorithm>
#include <utility>

namespace televisit::testkit {

Result<void> ManualExecutor::post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (refuse_) return error(Errc::unavailable, "Too busy.");
    posted_.push_back(std::move(task));
    return {};
}

Result<void> ManualExecutor::add(SteadyTime at, std::chrono::milliseconds period, std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (refuse_) return error(Errc::unavailable, "Too busy.");
    timers_.push_back({at, next_order_++, period, std::move(task)});
    return {};
}

Result<void> ManualExecutor::every(std::chrono::milliseconds period, std::function<void()> task) {
    return add(clock_.steady_now() + period, period, std::move(task));
}

Result<void> ManualExecutor::after(std::chrono::milliseconds delay, std::function<void()> task) {
    return add(clock_.steady_now() + delay, std::chrono::milliseconds{0}, std::move(task));
}

std::function<void()> ManualExecutor::take_due() {
    const std::lock_guard lock(mutex_);
    if (!posted_.empty()) {
        auto task = std::move(posted_.front());
        posted_.erase(posted_.begin());
        return task;
    }
    const auto next = std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
        return std::pair(a.at, a.order) < std::pair(b.at, b.order);
    });
    if (next == timers_.end() || next->at > clock_.steady_now()) return {};
    if (next->period.count() > 0) {
        next->at += next->period;
        return next->task;
    }
    auto task = std::move(next->task);
    timers_.erase(next);
    return task;
}

std::size_t ManualExecutor::run_ready() {
    std::size_t ran = 0;
    while (auto task = take_due()) {
        task();
        ++ran;
    }
    return ran;
}

void ManualExecutor::advance(Duration by) {
    const auto end = clock_.steady_now() + by;
    run_ready();
    while (clock_.steady_now() < end) {
        auto next = end;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& timer : timers_) next = std::min(next, std::max(timer.at, clock_.steady_now()));
        }
        clock_.advance(std::chrono::ceil<Duration>(next - clock_.steady_now()));
        run_ready();
    }
}

void ManualExecutor::refuse(bool refuse) {
    const std::lock_guard lock(mutex_);
    refuse_ = refuse;
}

std::size_t ManualExecutor::pending() const {
    const std::lock_guard lock(mutex_);
    return posted_.size() + timers_.size();
}

}  // namespace televisit::testkit
