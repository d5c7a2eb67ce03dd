#include "net/event_loop.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <system_error>

namespace televisit::net {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr int kLongestWait = 60'000;
constexpr int kFinalRounds = 64;  // tasks that post tasks for ever must not keep an ended loop alive
const TaskLabel kKernel{{}, "kernel"};
thread_local EventLoop* this_threads_loop = nullptr;

std::int64_t nanos(SteadyTime at) noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

[[noreturn]] void raise(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// One thread at a time writes a counter (the loop's own, or whoever has its lock), so a plain addition is enough; the
// atomic is for the readers.
void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace

EventLoop::EventLoop(LoopId id, const Clock& clock, EventLoopOptions options)
    : id_(id), clock_(clock), options_(std::move(options)), now_(clock.steady_now()), deadlines_(now_) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) raise("epoll_create1");
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) {
        close(epoll_);
        raise("eventfd");
    }
    // Edge-triggered and never read: each write is one event, and the read is saved.
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) raise("epoll_ctl");
    label_ = &kKernel;
}

EventLoop::~EventLoop() {
    close(wake_);
    close(epoll_);
}

EventLoop* EventLoop::current() noexcept {
    return this_threads_loop;
}

void EventLoop::run() {
    this_threads_loop = this;
    if (!options_.thread_name.empty()) pthread_setname_np(pthread_self(), options_.thread_name.c_str());
    while (running_) turn();
    finish();
    this_threads_loop = nullptr;
}

void EventLoop::stop() {
    post([this] { running_ = false; });
}

bool EventLoop::post(LoopTask task, const TaskLabel* label) {
    const bool local = is_current();
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (ended_ || posted_.size() >= options_.max_posted) return false;
        posted_.push_back({std::move(task), label});
        wake = !wake_sent_ && !local;
        wake_sent_ = wake_sent_ || wake;
        if (!local) bump(posted_count_, 1);
        if (wake) bump(wakeups_, 1);
    }
    if (local) look_ = true;
    if (wake) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
    }
    return true;
}

bool EventLoop::after(std::chrono::milliseconds delay, LoopTask task, const TaskLabel* label) {
    const SteadyTime when = clock_.steady_now() + delay;
    {
        const std::lock_guard lock(mutex_);
        if (ended_ || timer_count_ >= options_.max_posted) return false;
        ++timer_count_;
    }
    if (is_current()) {
        add_timer(when, std::move(task), label);
        return true;
    }
    const bool posted =
        post([this, when, task = std::move(task), label]() mutable { add_timer(when, std::move(task), label); });
    if (!posted) {
        const std::lock_guard lock(mutex_);
        --timer_count_;
    }
    return posted;
}

void EventLoop::add_timer(SteadyTime when, LoopTask task, const TaskLabel* label) {
    timers_.push_back({when, ++timer_number_, std::move(task), label});
    std::push_heap(timers_.begin(), timers_.end());
}

bool EventLoop::watch(int fd, std::uint32_t events, IoHandler& handler) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &handler;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::rewatch(int fd, std::uint32_t events, IoHandler& handler) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &handler;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::unwatch(int fd) noexcept {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

int EventLoop::wait_millis() const noexcept {
    if (look_) return 0;
    auto wake_at = deadlines_.wake_at();
    if (!timers_.empty()) wake_at = wake_at ? std::min(*wake_at, timers_.front().when) : timers_.front().when;
    if (!wake_at) return -1;
    if (*wake_at <= now_) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake_at - now_).count();
    return static_cast<int>(std::min<std::int64_t>(left, kLongestWait));
}

void EventLoop::turn() {
    std::array<epoll_event, kEventsPerTurn> events;
    step_since_.store(0, std::memory_order_relaxed);
    const int count = epoll_wait(epoll_, events.data(), kEventsPerTurn, wait_millis());
    const SteadyTime began = now_ = clock_.steady_now();
    step_since_.store(nanos(now_), std::memory_order_relaxed);

    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (!event.data.ptr) {
            look_ = true;
            continue;
        }
        static_cast<IoHandler*>(event.data.ptr)->on_io(event.events);
        end_step();
    }
    if (look_) run_posted();
    if (!timers_.empty()) run_timers();
    deadlines_.advance(now_);
    if (turn_end_) turn_end_();
    end_step();
    bump(busy_micros_, static_cast<std::uint64_t>(
                           std::max<std::int64_t>(0, std::chrono::duration_cast<Duration>(now_ - began).count())));
}

void EventLoop::end_step() {
    const SteadyTime now = clock_.steady_now();
    const auto held = now - now_;
    const TaskLabel& label = *label_.load(std::memory_order_relaxed);
    now_ = now;
    step_since_.store(nanos(now), std::memory_order_relaxed);
    label_.store(&kKernel, std::memory_order_relaxed);
    if (held <= options_.hold_limit) return;
    bump(slow_steps_, 1);
    if (options_.on_slow)
        options_.on_slow({id_, label.owner, label.name, std::chrono::duration_cast<Duration>(held), false});
}

void EventLoop::report_stuck(SteadyTime now, std::chrono::milliseconds limit,
                             const std::function<void(const SlowTask&)>& to) {
    const std::int64_t since = step_since_.load(std::memory_order_relaxed);
    if (since == 0 || since == stuck_reported_) return;
    const auto held = std::chrono::nanoseconds(nanos(now) - since);
    if (held <= limit) return;
    stuck_reported_ = since;
    const TaskLabel& label = *label_.load(std::memory_order_relaxed);
    to({id_, label.owner, label.name, std::chrono::duration_cast<Duration>(held), true});
}

// A plugin's exception costs its own task, not the connections of everybody on this loop.
void EventLoop::run(const LoopTask& task, const TaskLabel* label) {
    if (label) attribute(*label);
    const auto report = [&](std::string_view what) {
        bump(task_faults_, 1);
        const TaskLabel& blamed = label ? *label : kKernel;
        if (options_.on_fault) options_.on_fault({blamed.owner, blamed.name, what});
    };
    try {
        task();
    } catch (const std::exception& fault) {
        report(fault.what());
    } catch (...) {
        report("an exception that is no std::exception");
    }
}

void EventLoop::run_posted() {
    look_ = false;
    {
        const std::lock_guard lock(mutex_);
        batch_.swap(posted_);
        wake_sent_ = false;
    }
    for (Posted& posted : batch_) {
        run(posted.task, posted.label);
        posted.task = nullptr;
        end_step();
    }
    batch_.clear();
}

void EventLoop::run_timers() {
    while (!timers_.empty() && timers_.front().when <= now_) {
        std::pop_heap(timers_.begin(), timers_.end());
        const Timer timer = std::move(timers_.back());
        timers_.pop_back();
        {
            const std::lock_guard lock(mutex_);
            --timer_count_;
        }
        run(timer.task, timer.label);
        end_step();
    }
}

void EventLoop::finish() {
    for (int round = 0;; ++round) {
        run_posted();
        if (turn_end_) turn_end_();
        const std::lock_guard lock(mutex_);
        if (posted_.empty() || round == kFinalRounds) {
            ended_ = true;
            break;
        }
    }
    // What a dropped task holds may post again, and is told no.
    std::vector<Posted> rest;
    {
        const std::lock_guard lock(mutex_);
        rest.swap(posted_);
    }
    rest.clear();
    timers_.clear();
    step_since_.store(0, std::memory_order_relaxed);
}

}  // namespace televisit::net
