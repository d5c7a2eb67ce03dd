#pragma once
/// What all rooms of a node share.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "consult/listener_gate.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

class Room;

struct RoomWorld {
    RoomWorld(NodeId of, std::chrono::milliseconds time, const Clock& time_source, Secrets& randomness,
              Backplane& messages, MetricRegistry& metrics);

    /// Short, for there are many of them; as good as a UUID within a room.
    StayId new_stay_id();

    const NodeId node;
    const std::chrono::milliseconds grace;
    const Clock& clock;
    Secrets& secrets;
    Backplane& backplane;
    std::array<Counter*, 4> relayed{};                    ///< by RelayKind
    Counter& dropped;                                     ///< relays that found no place in a bounded buffer
    std::function<void(std::shared_ptr<Room>)> settle{};  ///< asks for intents to become truth; never blocks
    ListenerGate gate{};
    std::atomic<std::uint64_t> next_room{1};  ///< counts the rooms opened; see `Room::next_number`
};

}  // namespace televisit::consult
