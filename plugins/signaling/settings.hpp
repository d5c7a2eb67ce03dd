#pragma once
/// What can be configured of signaling.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "televisit/sdk/rate.hpp"

namespace televisit::signaling {

struct Settings {
    std::vector<std::string> namespaces{"/", "/socket.io", "/socket.io/"};
    bool chat_echo = true;
    std::size_t chat_length = 4000;     ///< characters
    std::size_t quality_bytes = 4096;   ///< of one report
    Rate events{200, 5'000};            ///< from one socket
    std::uint32_t refusal_cost = 10;    ///< a refused event counts as so many
    std::size_t max_unjoined = 10'000;  ///< sockets without a room; 0: any number
    std::size_t max_unjoined_per_address = 2'000;
    Rate unjoined_events{500, 20'000};    ///< from those of one address
    std::size_t max_remembered = 10'000;  ///< addresses whose rates are remembered
    std::chrono::milliseconds join_deadline{60'000};
    std::chrono::milliseconds join_timeout{5'000};
    std::chrono::milliseconds reconnect_after{2'000};
};

}  // namespace televisit::signaling
