#include "runtime/timer_thread.hpp"

#include "runtime/thread_name.hpp"

namespace televisit::runtime {

TimerThread::TimerThread() : thread_([this] { run(); }) {}

TimerThread::~TimerThread() {
    stop();
}

TimerThread::Token TimerThread::at(SteadyTime when, Task task) {
    bool first = false;
    Token token;
    {
        const std::lock_guard lock(mutex_);
        if (stopped_ || tasks_.size() >= kMaxTimers) return {};
        token = {when, ++number_};
        const auto place = tasks_.emplace(token, std::move(task)).first;
        first = place == tasks_.begin();
    }
    if (first) changed_.notify_one();
    return token;
}

bool TimerThread::cancel(const Token& token) {
    decltype(tasks_)::node_type cancelled;  // destroyed after the lock: what it holds may have a lot to do
    const std::lock_guard lock(mutex_);
    cancelled = tasks_.extract(token);
    return !cancelled.empty();
}

void TimerThread::stop() {
    decltype(tasks_) dropped;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        dropped.swap(tasks_);
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void TimerThread::run() {
    name_this_thread("timers");
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        if (tasks_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const SteadyTime next = tasks_.begin()->first.first;
        if (std::chrono::steady_clock::now() < next) {
            changed_.wait_until(lock, next);
            continue;
        }
        auto due = tasks_.extract(tasks_.begin());
        lock.unlock();
        due.mapped()();
        due = {};
        lock.lock();
    }
}

}  // namespace televisit::runtime
