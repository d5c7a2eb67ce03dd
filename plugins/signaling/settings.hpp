#pragma once
/// What can be configured of signaling.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace televisit::signaling {

struct Settings {
    std::vector<std::string> namespaces{"/", "/socket.io", "/socket.io/"};
    bool chat_echo = true;
    std::size_t chat_length = 4000;    ///< characters
    std::size_t quality_bytes = 4096;  ///< of one report
    std::chrono::milliseconds join_deadline{60'000};
    std::chrono::milliseconds join_timeout{5'000};
    std::chrono::milliseconds reconnect_after{2'000};
};

}  // namespace televisit::signaling
