#include "net/event_loop_group.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <future>

namespace televisit::net {
namespace {

class ChargedLoops final : public EventLoops {
  public:
    ChargedLoops(EventLoopGroup& group, const TaskLabel& label) : group_(group), label_(label) {}
    LoopId count() const noexcept override { return group_.count(); }
    std::optional<LoopId> current() const noexcept override { return group_.current(); }
    bool post(LoopId loop, LoopTask task) override {
        return loop < group_.size() && group_.loop(loop).post(std::move(task), &label_);
    }
    bool after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) override {
        return loop < group_.size() && group_.loop(loop).after(delay, std::move(task), &label_);
    }

  private:
    EventLoopGroup& group_;
    const TaskLabel& label_;
};

// Signals are the main thread's business.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

}  // namespace

EventLoopGroup::EventLoopGroup(const Clock& clock, EventLoopGroupOptions options)
    : clock_(clock), options_(std::move(options)) {
    const auto count = std::max<LoopId>(1, options_.count);
    for (LoopId id = 0; id <= count; ++id) {
        EventLoopOptions loop;
        loop.thread_name = id < count ? "loop-" + std::to_string(id) : "loop-admin";
        loop.hold_limit = options_.hold_limit;
        loop.on_slow = options_.on_slow;
        loop.on_fault = options_.on_fault;
        loop.max_posted = options_.max_posted;
        loops_.push_back(std::make_unique<EventLoop>(id, clock, std::move(loop)));
    }
}

EventLoopGroup::~EventLoopGroup() {
    stop();
}

std::optional<LoopId> EventLoopGroup::current() const noexcept {
    const EventLoop* const current = EventLoop::current();
    if (current && current->id() < loops_.size() && loops_[current->id()].get() == current) return current->id();
    return std::nullopt;
}

bool EventLoopGroup::post(LoopId loop, LoopTask task) {
    return loop < loops_.size() && loops_[loop]->post(std::move(task));
}

bool EventLoopGroup::after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) {
    return loop < loops_.size() && loops_[loop]->after(delay, std::move(task));
}

std::unique_ptr<EventLoops> EventLoopGroup::charged_to(std::string owner) {
    const std::lock_guard lock(labels_mutex_);
    labels_.push_back({std::move(owner), "posted task"});
    return std::make_unique<ChargedLoops>(*this, labels_.back());
}

void EventLoopGroup::start() {
    const SignalsBlocked blocked;
    for (const auto& loop : loops_) {
        threads_.emplace_back([loop = loop.get()] { loop->run(); });
    }
    if (options_.stuck_limit.count() > 0) watch_for_stuck_loops();
}

void EventLoopGroup::watch_for_stuck_loops() {
    loops_.back()->after(options_.stuck_limit, [this] {
        for (const auto& loop : loops_)
            if (!loop->is_current() && options_.on_slow)
                loop->report_stuck(clock_.steady_now(), options_.stuck_limit, options_.on_slow);
        watch_for_stuck_loops();
    });
}

void EventLoopGroup::stop() {
    for (const auto& loop : loops_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

bool EventLoopGroup::run_on(LoopId loop, const LoopTask& task) {
    if (current() == loop) return task(), true;
    if (threads_.empty() || loop >= loops_.size()) return false;
    // Shared with the posted task, which a loop that ends may drop: the promise is broken then, not forgotten.
    auto done = std::make_shared<std::promise<void>>();
    auto waiting = done->get_future();
    const bool posted = loops_[loop]->post([&task, done] {
        task();
        done->set_value();
    });
    if (!posted) return false;
    done.reset();
    try {
        waiting.get();
    } catch (const std::future_error&) {
        return false;
    }
    return true;
}

}  // namespace televisit::net
