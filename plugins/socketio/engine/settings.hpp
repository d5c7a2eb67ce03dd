#pragma once
/// What can be configured of the engine.

#include <chrono>
#include <cstddef>

#include "engine/sid.hpp"
#include "televisit/sdk/rate.hpp"

namespace televisit::socketio {

struct EngineSettings {
    NodeLetter node = kFirstNode;  ///< at the beginning of every session's id
    std::chrono::milliseconds ping_interval{10'000};
    std::chrono::milliseconds ping_timeout{10'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
    std::size_t max_payload = 1'000'000;  ///< bytes of one packet or payload from a client
    std::size_t max_buffered = 4 << 20;   ///< bytes that wait for one client
    std::size_t max_sessions = 50'000;    ///< for each loop
    Rate packets{1'000, 10'000};          ///< from one client
    std::size_t packet_unit = 1'024;      ///< bytes; a larger packet counts as several
};

}  // namespace televisit::socketio
