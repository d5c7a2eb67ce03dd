#pragma once
/// A few threads with a bounded queue: what one plugin instance may use of the machine at once.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "televisit/sdk/time.hpp"

namespace televisit::runtime {

/// **Threads**: any. **Blocks**: never, but for `stop`. Threads are made when first needed. A task must not throw.
class WorkerPool {
  public:
    using Task = std::function<void()>;

    WorkerPool(std::string name, std::size_t threads, std::size_t queue);
    /// Abandons what still runs.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// False when every thread is busy and the queue is full, or after `close`; the task is then dropped.
    [[nodiscard]] bool post(Task task);

    /// Takes no more tasks and drops those that have not begun.
    void close();
    /// Closes, and waits for what runs. False when something still runs at the deadline: its thread is left to itself,
    /// and ends with the process. **Blocks**: to the deadline.
    [[nodiscard]] bool stop(SteadyTime deadline);

    /// Waits until nothing runs and nothing waits. False at the deadline. **Blocks**: to the deadline.
    [[nodiscard]] bool rest(SteadyTime deadline);

    /// Whether this thread is one of the pool's own.
    bool is_current() const noexcept;

    std::size_t queued() const;   ///< tasks that wait
    std::size_t running() const;  ///< tasks that run
    std::size_t threads() const noexcept;

  private:
    struct State;
    static void work(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;  // shared with the threads, which may outlive the pool
};

}  // namespace televisit::runtime
