#include "connection_pool.hpp"

#include <algorithm>

#include "failure.hpp"

namespace televisit::storage_postgres {
namespace {

constexpr std::chrono::milliseconds kShortestPause{100};
constexpr std::chrono::milliseconds kLongestPause{5'000};

}  // namespace

Result<ConnectionPool::Lease> ConnectionPool::take(SteadyTime deadline, std::string_view doing) {
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
        } else if (open_ == 0) {
            return *away_;
        } else {
            // One that works may come back, though the database lets no further one in.
            changed_.wait_until(lock, resting ? std::min(deadline, next_attempt_) : deadline);
        }
    }
}

Result<ConnectionPool::Lease> ConnectionPool::open(std::unique_lock<std::mutex>& lock, SteadyTime deadline) {
    ++open_;
    // Whoever comes meanwhile does not try as well what failed before.
    if (away_) next_attempt_ = deadline;
    lock.unlock();
    auto connection = Connection::open(settings_, deadline);
    lock.lock();
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

void ConnectionPool::note_failure(const Error& failure) {
    ++failed_connects_;
    away_ = failure;
    pause_ = std::clamp(pause_ * 2, kShortestPause, kLongestPause);
    next_attempt_ = std::chrono::steady_clock::now() + pause_;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
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

void ConnectionPool::clear() {
    std::vector<std::unique_ptr<Connection>> closed;
    const std::lock_guard lock(mutex_);
    closed.swap(free_);
    open_ -= closed.size();
}

ConnectionPool::Figures ConnectionPool::figures() const {
    const std::lock_guard lock(mutex_);
    return {open_, open_ - free_.size(), failed_connects_, lost_};
}

}  // namespace televisit::storage_postgres
