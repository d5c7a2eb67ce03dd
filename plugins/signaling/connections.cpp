#include "connections.hpp"

#include <algorithm>
#include <utility>

namespace televisit::signaling {

using std::chrono::milliseconds;

namespace {

/// Deadlines are looked at no more often than this.
constexpr milliseconds kGranularity{250};

}  // namespace

LoopConnections::LoopConnections(LoopId id, EventLoops& loops, const Clock& clock, milliseconds join_deadline,
                                 Expire expire, std::shared_ptr<Addresses> addresses)
    : id_(id),
      loops_(loops),
      clock_(clock),
      join_deadline_(join_deadline),
      expire_(std::move(expire)),
      addresses_(std::move(addresses)) {}

Result<void> LoopConnections::add(SocketKey key, std::string_view client_address) {
    auto entry = addresses_->unjoined.enter(client_address);
    if (entry.refusal == ClientPlaces::Refusal::in_all)
        return error(Errc::unavailable, "too_many_unjoined", "The server is busy. Please try again in a moment.");
    if (entry.refusal == ClientPlaces::Refusal::of_address)
        return error(Errc::rate_limited, "too_many_unjoined_from_address",
                     "Too many people are connecting from here. Please try again in a moment.");
    Connection& connection = connections_.add(key);
    move_to(connection, client_address);
    connection.unjoined = std::move(entry.place);
    await_join(key, connection);
    return {};
}

void LoopConnections::move_to(Connection& connection, std::string_view client_address) {
    connection.address = addresses_->all.enter(client_address).place;
}

void LoopConnections::await_join(SocketKey key, Connection& connection) {
    if (closed_) return;
    // One that comes out of a room is not turned away, whatever there are.
    if (!connection.unjoined) connection.unjoined = addresses_->unjoined.enter(connection.address.client()).place;
    const SteadyTime now = clock_.steady_now();
    connection.join_by = now + join_deadline_;
    deadlines_.push_back({connection.join_by, key});
    if (!scheduled_) schedule(now);
}

void LoopConnections::schedule(SteadyTime now) {
    const auto delay = std::chrono::ceil<milliseconds>(deadlines_.front().due - now);
    scheduled_ =
        loops_.after(id_, std::max(delay, kGranularity), [self = shared_from_this()] { self->check_deadlines(); });
}

void LoopConnections::check_deadlines() {
    scheduled_ = false;
    if (closed_) return;
    const SteadyTime now = clock_.steady_now();
    while (!deadlines_.empty() && deadlines_.front().due <= now) {
        const Deadline deadline = deadlines_.front();
        deadlines_.pop_front();
        const Connection* const connection = find(deadline.key);
        const bool idle = connection != nullptr && connection->seat == nullptr && !connection->joining;
        if (idle && connection->join_by == deadline.due) expire_(deadline.key);
    }
    if (!deadlines_.empty()) schedule(now);
}

void LoopConnections::close() {
    closed_ = true;
    deadlines_.clear();
    connections_.clear();
    joined_.store(0, std::memory_order_relaxed);
}

void LoopConnections::seated(Connection& connection, std::unique_ptr<Seat> seat) {
    if (connection.seat == nullptr) joined_.fetch_add(1, std::memory_order_relaxed);
    connection.seat = std::move(seat);
    connection.unjoined.leave();
}

std::unique_ptr<Seat> LoopConnections::unseat(Connection& connection) {
    if (connection.seat != nullptr) joined_.fetch_sub(1, std::memory_order_relaxed);
    return std::move(connection.seat);
}

}  // namespace televisit::signaling
