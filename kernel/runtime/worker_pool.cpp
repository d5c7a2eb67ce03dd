#include "runtime/worker_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "runtime/thread_name.hpp"

namespace televisit::runtime {

struct WorkerPool::State {
    State(std::string pool, std::size_t threads, std::size_t queue)
        : name(std::move(pool)), max_threads(threads), max_queue(queue) {}

    const std::string name;
    const std::size_t max_threads;
    const std::size_t max_queue;
    mutable std::mutex mutex;
    std::condition_variable work;   // a task is there, or the pool is closed
    std::condition_variable ended;  // a thread has ended
    std::condition_variable rests;  // a thread has found nothing to do
    std::deque<Task> tasks;         // the rest is guarded by mutex
    std::size_t alive = 0;
    std::size_t idle = 0;
    bool closed = false;
};

namespace {
thread_local const void* current_pool = nullptr;
}

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t queue)
    : state_(std::make_shared<State>(std::move(name), threads, queue)) {}

WorkerPool::~WorkerPool() {
    close();
}

bool WorkerPool::post(Task task) {
    State& state = *state_;
    {
        const std::lock_guard lock(state.mutex);
        const bool may_grow = state.alive < state.max_threads;
        const std::size_t free = state.idle + (may_grow ? 1 : 0);
        if (state.closed || state.tasks.size() >= state.max_queue + free) return false;
        state.tasks.push_back(std::move(task));
        if (may_grow && state.idle < state.tasks.size()) {
            std::thread(work, state_).detach();  // counted in `alive`, waited for in `stop`
            ++state.alive;
        }
    }
    state.work.notify_one();
    return true;
}

void WorkerPool::close() {
    std::deque<Task> dropped;  // destroyed without the lock: a dropped task may answer somebody
    {
        const std::lock_guard lock(state_->mutex);
        state_->closed = true;
        dropped.swap(state_->tasks);
    }
    state_->work.notify_all();
}

bool WorkerPool::stop(SteadyTime deadline) {
    close();
    std::unique_lock lock(state_->mutex);
    return state_->ended.wait_until(lock, deadline, [this] { return state_->alive == 0; });
}

bool WorkerPool::rest(SteadyTime deadline) {
    std::unique_lock lock(state_->mutex);
    return state_->rests.wait_until(lock, deadline,
                                    [this] { return state_->tasks.empty() && state_->idle == state_->alive; });
}

bool WorkerPool::is_current() const noexcept {
    return current_pool == state_.get();
}

std::size_t WorkerPool::queued() const {
    const std::lock_guard lock(state_->mutex);
    return state_->tasks.size();
}

std::size_t WorkerPool::running() const {
    const std::lock_guard lock(state_->mutex);
    return state_->alive - state_->idle;
}

std::size_t WorkerPool::threads() const noexcept {
    return state_->max_threads;
}

void WorkerPool::work(std::shared_ptr<State> state) {
    name_this_thread(state->name);
    current_pool = state.get();
    std::unique_lock lock(state->mutex);
    while (true) {
        if (state->tasks.empty()) {
            if (state->closed) break;
            ++state->idle;
            state->rests.notify_all();
            state->work.wait(lock, [&] { return state->closed || !state->tasks.empty(); });
            --state->idle;
            continue;
        }
        Task task = std::move(state->tasks.front());
        state->tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
    --state->alive;
    state->ended.notify_all();
    state->rests.notify_all();
}

}  // namespace televisit::runtime
