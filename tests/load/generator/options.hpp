#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace televisit::load {

enum class Mode {
    relay,  ///< closed loop: whoever receives a message sends the next one to the other side
    open,   ///< open loop: messages go out on a fixed schedule
    idle,   ///< joined, and nothing but heartbeats
    cycle,  ///< connect, join, leave, close, and again
};

struct Options {
    std::string host = "127.0.0.1";
    int port = 8086;
    int other_port = 0;  ///< where the second of each room connects; 0: to the same
    std::string path = "/socket.io/";
    bool tls = false;
    std::vector<int> pids;

    Mode mode = Mode::relay;
    int connections = 200;
    int window = 1;
    double rate = 1000;
    int cycles = 10'000;
    double seconds = 5;
    double warmup = 1;
    double drain = 5;
    int payload_bytes = 300;
    int offer_bytes = 0;  ///< 0: candidates instead

    int connecting = 64;
    double setup_timeout = 60;
    int sources = 0;  ///< 0: as many as needed
    std::string token_file;
    bool join = true;
    bool abrupt = false;

    bool json = false;
    std::string label;
};

/// Nothing when the usage was asked for, and printed. **Errors**: throws Failure.
std::optional<Options> parse_options(std::span<const char* const> arguments);

}  // namespace televisit::load
