#pragma once
/// Connections for whoever needs one, each lent to one caller at a time.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "connection.hpp"

namespace televisit::storage_sqlite {

/// **Threads**: any. **Blocks**: `take`, to the deadline. A pool outlives its leases.
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

    void add(std::unique_ptr<Connection> connection) { give_back(std::move(connection)); }

    /// Nothing when none was free before the deadline, or it has passed.
    std::optional<Lease> take(SteadyTime deadline) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_until(lock, deadline, [this] { return !free_.empty(); })) return std::nullopt;
        auto connection = std::move(free_.back());
        free_.pop_back();
        lock.unlock();
        connection->work_until(deadline);
        Lease lease(*this, std::move(connection));
        if (lease->late()) return std::nullopt;
        return lease;
    }

    /// Closes those that are not lent.
    void clear() {
        std::vector<std::unique_ptr<Connection>> closed;
        const std::lock_guard lock(mutex_);
        closed.swap(free_);
    }

  private:
    void give_back(std::unique_ptr<Connection> connection) {
        {
            const std::lock_guard lock(mutex_);
            free_.push_back(std::move(connection));
        }
        changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<Connection>> free_;  // guarded by mutex_
};

}  // namespace televisit::storage_sqlite
