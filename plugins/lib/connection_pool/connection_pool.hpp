#pragma once
/// Connections for whoever needs one, each lent to one caller at a time; opened when needed, thrown away when broken.
///
/// A `Connection` has `static Result<std::unique_ptr<Connection>> open(const Settings&, SteadyTime deadline)`,
/// `work_until(SteadyTime)`, with which a call begins, `alive()`: whether the other side is still there, as far as can
/// be seen without asking it, `reusable()`: whether it may be lent again, and `worth_another_try()`: whether the call
/// that has just failed on it changed nothing and may succeed when it is made again.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "televisit/sdk/result.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::connection_pool {

struct Figures {
    std::size_t open = 0;
    std::size_t lent = 0;
    std::uint64_t failed_connects = 0;
    std::uint64_t lost = 0;  ///< connections thrown away
};

/// Nothing was tried, for no connection was free before the deadline.
inline Error no_connection(std::string_view doing) {
    auto result = error(Errc::unavailable, "The server is busy. Please try again.");
    result.retry_after = std::chrono::seconds{1};
    result.detail.append(doing).append(": no connection was free before the deadline");
    return result;
}

/// **Threads**: any. A pool outlives its leases.
///
/// While the database is away, one caller at a time tries to reach it, after pauses that double up to 5 seconds; the
/// others are refused at once, so that nobody's worker waits for what will not come.
template <class Connection, class Settings>
class ConnectionPool {
  public:
    /// A connection that works to the deadline it was taken with, given back at the end of the scope.
    class Lease {
      public:
        Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
            : pool_(&pool), connection_(std::move(connection)) {}
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (connection_) pool_->give_back(std::move(connection_));
        }
        Connection& operator*() const noexcept { return *connection_; }
        Connection* operator->() const noexcept { return connection_.get(); }

      private:
        ConnectionPool* pool_;
        std::unique_ptr<Connection> connection_;
    };
    using Figures = connection_pool::Figures;

    ConnectionPool(Settings settings, std::size_t most) : settings_(std::move(settings)), most_(most) {}

    /// **Blocks**: to the deadline. **Errors**: `unavailable` when none was free before it; those of
    /// `Connection::open`, at once while the database is known to be away.
    Result<Lease> take(SteadyTime deadline, std::string_view doing) {
        std::unique_lock lock(mutex_);
        for (;;) {
            const auto now = std::chrono::steady_clock::now();
            if (now >= deadline) return no_connection(doing);
            if (!free_.empty()) {
                auto connection = std::move(free_.back());
                free_.pop_back();
                lock.unlock();
                if (connection->alive()) {
                    connection->work_until(deadline);
                    return Lease(*this, std::move(connection));
                }
                connection.reset();
                lock.lock();
                --open_;
                ++lost_;
                continue;
            }
            const bool resting = away_ && now < next_attempt_;
            if (open_ < most_ && !resting) {
                auto opened = open(lock, deadline);
                if (opened.ok() || open_ == 0) return opened;
            } else if (away_ && open_ == opening_) {
                return *away_;
            } else {
                // One that works may come back, though the database lets no further one in.
                changed_.wait_until(lock, resting ? std::min(deadline, next_attempt_) : deadline);
            }
        }
    }

    /// Closes those that are not lent.
    void clear() {
        std::vector<std::unique_ptr<Connection>> closed;
        const std::lock_guard lock(mutex_);
        closed.swap(free_);
        open_ -= closed.size();
    }

    Figures figures() const {
        const std::lock_guard lock(mutex_);
        return {open_, open_ - free_.size(), failed_connects_, lost_};
    }

  private:
    static constexpr std::chrono::milliseconds kShortestPause{100};
    static constexpr std::chrono::milliseconds kLongestPause{5'000};

    Result<Lease> open(std::unique_lock<std::mutex>& lock, SteadyTime deadline) {
        ++open_;
        ++opening_;
        // Whoever comes meanwhile does not try as well what failed before.
        if (away_) next_attempt_ = deadline;
        lock.unlock();
        auto connection = Connection::open(settings_, deadline);
        lock.lock();
        --opening_;
        if (connection.ok()) {
            away_.reset();
            pause_ = {};
            (*connection)->work_until(deadline);
            return Lease(*this, *std::move(connection));
        }
        --open_;
        note_failure(connection.error());
        // Those that wait for a connection to come back learn that none will come.
        changed_.notify_all();
        return std::move(connection).error();
    }

    void give_back(std::unique_ptr<Connection> connection) {
        const bool good = connection->reusable();
        if (!good) connection.reset();
        {
            const std::lock_guard lock(mutex_);
            if (good) {
                free_.push_back(std::move(connection));
            } else {
                --open_;
                ++lost_;
            }
        }
        changed_.notify_one();
    }

    void note_failure(const Error& failure) {
        ++failed_connects_;
        away_ = failure;
        pause_ = std::clamp(pause_ * 2, kShortestPause, kLongestPause);
        next_attempt_ = std::chrono::steady_clock::now() + pause_;
    }

    const Settings settings_;
    const std::size_t most_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_, as is everything below.
    std::vector<std::unique_ptr<Connection>> free_;
    std::size_t open_ = 0;       // those that are being opened count, too
    std::size_t opening_ = 0;    // of these, those that are being opened
    std::optional<Error> away_;  // why the latest attempt failed
    SteadyTime next_attempt_{};  // not before, while it is away
    std::chrono::milliseconds pause_{};
    std::uint64_t failed_connects_ = 0;
    std::uint64_t lost_ = 0;
};

/// Calls `work(connection)`, which gives a `Result`; again, on another connection, while that may help and changed
/// nothing.
/// **Blocks**: to the deadline. **Errors**: those of `ConnectionPool::take` and of `work`.
template <class Connection, class Settings, class Work>
auto in_tries(ConnectionPool<Connection, Settings>& pool, SteadyTime deadline, std::string_view doing, Work&& work)
    -> std::invoke_result_t<Work, Connection&> {
    // After a restart of the database every connection that was idle may fail once.
    constexpr int kMostTries = 5;
    for (int tries = 1;; ++tries) {
        auto connection = pool.take(deadline, doing);
        if (!connection.ok()) return connection.error();
        auto result = work(**connection);
        if (result.ok() || tries == kMostTries || !(*connection)->worth_another_try()) return result;
    }
}

}  // namespace televisit::connection_pool
