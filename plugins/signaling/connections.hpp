#pragma once
/// The connections of one event loop, and the seats they have.

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "socket_table.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/rate.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/socketio.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::signaling {

struct Connection {
    std::unique_ptr<Seat> seat;
    ClientPlaces::Place address;   ///< for as long as it lives: what it has of its address, and knows of it
    ClientPlaces::Place unjoined;  ///< while it has no seat
    SteadyTime join_by{};          ///< it is closed then if it has no seat
    RateMeter events{};
    bool away = false;                  ///< the socket is kept, but has no connection
    bool joining = false;               ///< a `join_room` of it is on a worker
    std::optional<SocketClose> gone{};  ///< it ended while `joining`
};

/// The addresses of all connections, and how many of them have no seat. **Threads**: any.
struct Addresses {
    explicit Addresses(ClientPlaces::Limits limits) : unjoined(limits) {}
    ClientPlaces all{{}};
    ClientPlaces unjoined;
};

/// **Threads**: its loop, but for construction and `joined`. Shared with tasks of the loop, which may come after the
/// plugin's end; they then find it closed.
class LoopConnections : public std::enable_shared_from_this<LoopConnections> {
  public:
    using Expire = std::function<void(SocketKey)>;

    LoopConnections(LoopId id, EventLoops& loops, const Clock& clock, std::chrono::milliseconds join_deadline,
                    Expire expire, std::shared_ptr<Addresses> addresses);

    LoopId id() const noexcept { return id_; }
    /// **Errors**: `unavailable`, `rate_limited` when there are too many without a seat.
    Result<void> add(SocketKey key, std::string_view client_address);
    /// It has come back, perhaps from elsewhere.
    void move_to(Connection& connection, std::string_view client_address);
    Connection* find(SocketKey key) noexcept { return connections_.find(key); }
    void erase(SocketKey key) { connections_.erase(key); }
    /// Its time to join begins anew.
    void await_join(SocketKey key, Connection& connection);
    std::vector<SocketKey> keys() const { return connections_.keys(); }
    /// Forgets all; seats that are left count as lost connections.
    void close();

    void seated(Connection& connection, std::unique_ptr<Seat> seat);
    std::unique_ptr<Seat> unseat(Connection& connection);
    /// Connections with a seat now. **Threads**: any.
    std::size_t joined() const noexcept { return joined_.load(std::memory_order_relaxed); }

  private:
    struct Deadline {
        SteadyTime due;
        SocketKey key;
    };

    void schedule(SteadyTime now);
    void check_deadlines();

    const LoopId id_;
    EventLoops& loops_;
    const Clock& clock_;
    const std::chrono::milliseconds join_deadline_;
    const Expire expire_;
    const std::shared_ptr<Addresses> addresses_;  ///< shared with the other loops; before those who have places of it
    SocketTable<Connection> connections_;
    std::deque<Deadline> deadlines_;  ///< in order, because all have one delay
    bool scheduled_ = false;
    bool closed_ = false;
    std::atomic<std::size_t> joined_{0};
};

}  // namespace televisit::signaling
