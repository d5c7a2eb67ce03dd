#pragma once
/// What sockets hear when the server is emptied.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>

#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// Nothing, then that they will have to leave, then that they are cut. Each socket is told once. **Threads**: `tell`
/// and `meet` on the loop of the sockets, the others on any.
class Farewell {
  public:
    Farewell(SocketIoServer& sockets, std::chrono::milliseconds reconnect_after)
        : sockets_(sockets), reconnect_after_(reconnect_after) {}

    /// From now on newcomers are told. Whether it had not been announced before.
    bool announce() noexcept;
    void set_reconnect_after(std::chrono::milliseconds time) noexcept { reconnect_after_ = time; }
    /// From now on newcomers are cut.
    void begin() noexcept { phase_ = Phase::under_way; }
    bool has_begun() const noexcept { return phase_ == Phase::under_way; }

    void tell(std::span<const SocketKey> sockets) const;
    /// A socket that has just connected.
    void meet(SocketKey socket) const;

  private:
    enum class Phase : std::uint8_t { none, announced, under_way };

    SocketIoServer& sockets_;
    std::atomic<std::chrono::milliseconds> reconnect_after_;
    std::atomic<Phase> phase_{Phase::none};
};

}  // namespace televisit::signaling
