#pragma once
/// What a loop counts of its sessions: written by that loop alone, read by anyone.

#include <array>
#include <atomic>
#include <cstdint>

#include "engine/close_cause.hpp"

namespace televisit::socketio {

/// A number with one writer, so that counting needs no locked instruction.
class Figure {
  public:
    void add(std::uint64_t amount = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t amount = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
    }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

struct EngineFigures {
    Figure open;  ///< now
    Figure opened_polling;
    Figure opened_websocket;
    Figure upgraded;
    Figure refused_full;     ///< there were as many as there may be
    Figure refused_polling;  ///< the same on long-polling, of one address
    Figure messages_in;
    Figure messages_out;
    std::array<Figure, kCloseCauses.size()> closed;
};

}  // namespace televisit::socketio
