#pragma once
/// Connections for whoever needs one, each lent to one caller at a time; opened when needed, thrown away when broken.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "connection_settings.hpp"

namespace televisit::storage_postgres {

/// **Threads**: any. A pool outlives its leases.
///
/// While the database is away, one caller at a time tries to reach it, after pauses that double up to 5 seconds; the
/// others are refused at once, so that nobody's worker waits for what will not come.
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

    struct Figures {
        std::size_t open = 0;
        std::size_t lent = 0;
        std::uint64_t failed_connects = 0;
        std::uint64_t lost = 0;  ///< connections thrown away
    };

    ConnectionPool(ConnectionSettings settings, std::size_t most) : settings_(std::move(settings)), most_(most) {}

    /// **Blocks**: to the deadline. **Errors**: `unavailable` when none was free before it, or the database is away.
    Result<Lease> take(SteadyTime deadline, std::string_view doing);
    /// Closes those that are not lent.
    void clear();
    Figures figures() const;

  private:
    Result<Lease> open(std::unique_lock<std::mutex>& lock, SteadyTime deadline);
    void give_back(std::unique_ptr<Connection> connection);
    void note_failure(const Error& failure);

    const ConnectionSettings settings_;
    const std::size_t most_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_, as is everything below.
    std::vector<std::unique_ptr<Connection>> free_;
    std::size_t open_ = 0;       // those that are being opened count, too
    std::optional<Error> away_;  // why the latest attempt failed
    SteadyTime next_attempt_{};  // not before, while it is away
    std::chrono::milliseconds pause_{};
    std::uint64_t failed_connects_ = 0;
    std::uint64_t lost_ = 0;
};

}  // namespace televisit::storage_postgres
