#pragma once
/// A call into a provider: on the provider's own bounded pool, guarded, with a deadline, measured.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "loader/frontend.hpp"
#include "runtime/guard.hpp"
#include "runtime/worker_pool.hpp"
#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::loader {

/// Instruments of one method of one port of one instance.
class PortMethod {
  public:
    PortMethod(MetricRegistry& metrics, std::string_view port, std::string_view name, const std::string& instance);
    std::string_view name() const noexcept { return name_; }
    /// Counts one call; `failure` is null when it succeeded.
    void done(Duration took, const Error* failure) const noexcept;

  private:
    std::string name_;
    Counter& calls_;
    Counter& errors_;  ///< unavailable, timeout, internal: the provider's failures, not the caller's
    Histogram& seconds_;
};

/// **Threads**: any but event loops, where a call is refused: it may block. **Blocks**: to the deadline, which is the
/// caller's or the provider's configured one, whichever is earlier.
///
/// **Errors**: `unavailable` when the pool is full, or no worker was free before the deadline: the call was not made;
/// `timeout` when the provider was not back at the deadline: it may go on, on its own copy of the arguments, and what
/// it then answers is dropped; `internal` when it threw.
class PortCaller {
  public:
    struct Provider {
        runtime::WorkerPool& pool;
        runtime::Guard& guard;
        const Clock& clock;
        Frontend& frontend;
        std::chrono::milliseconds deadline;
    };

    explicit PortCaller(Provider provider) : provider_(provider) {}

    /// `function` is called with a context and gives a `Result<T>`; it owns all it needs.
    template <class T, class Function>
    Result<T> call(const PortMethod& method, const CallContext& context, Function function) const {
        const SteadyTime began = provider_.clock.steady_now();
        Result<T> result = make<T>(method, limited(context, began), std::move(function));
        method.done(std::chrono::duration_cast<Duration>(provider_.clock.steady_now() - began),
                    result ? nullptr : &result.error());
        return result;
    }

    /// A call that never blocks: made right here.
    template <class T, class Function>
    Result<T> direct(const PortMethod& method, Function&& function) const {
        const SteadyTime began = provider_.clock.steady_now();
        Result<T> result = provider_.guard.call(method.name(), std::forward<Function>(function));
        method.done(std::chrono::duration_cast<Duration>(provider_.clock.steady_now() - began),
                    result ? nullptr : &result.error());
        return result;
    }

    runtime::Guard& guard() const noexcept { return provider_.guard; }

  private:
    enum class State { waiting, running, done, given_up };

    template <class T>
    struct Pending {
        std::mutex mutex;
        std::condition_variable changed;
        State state = State::waiting;     // guarded by mutex
        std::optional<Result<T>> result;  // guarded by mutex
    };

    template <class T, class Function>
    Result<T> make(const PortMethod& method, const CallContext& context, Function function) const {
        if (provider_.frontend.on_loop()) return refused_on_loop(method);
        // A provider that calls a port of its own is on its own pool already: a second worker might never come free.
        if (provider_.pool.is_current()) return provider_.guard.call(method.name(), [&] { return function(context); });

        auto pending = std::make_shared<Pending<T>>();
        const bool posted = provider_.pool.post(
            [pending, context, function = std::move(function), &method, &guard = provider_.guard]() mutable {
                {
                    const std::lock_guard lock(pending->mutex);
                    if (pending->state == State::given_up) return;
                    pending->state = State::running;
                }
                Result<T> result = guard.call(method.name(), [&] { return function(context); });
                const std::lock_guard lock(pending->mutex);
                pending->result.emplace(std::move(result));
                pending->state = State::done;
                pending->changed.notify_one();
            });
        if (!posted) return pool_full(method);

        std::unique_lock lock(pending->mutex);
        if (pending->changed.wait_until(lock, context.deadline, [&] { return pending->state == State::done; }))
            return std::move(*pending->result);
        const bool began = pending->state == State::running;
        pending->state = State::given_up;
        return began ? too_late(method) : never_begun(method);
    }

    CallContext limited(const CallContext& context, SteadyTime now) const;
    Error pool_full(const PortMethod& method) const;
    Error never_begun(const PortMethod& method) const;
    Error too_late(const PortMethod& method) const;
    Error refused_on_loop(const PortMethod& method) const;

    Provider provider_;
};

}  // namespace televisit::loader
