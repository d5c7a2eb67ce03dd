#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "places.hpp"
#include "wire.hpp"

namespace televisit::load {

/// One simulated browser.
struct Connection {
    enum class State { closed, connecting, upgrading, engine_open, connected, joined, leaving };

    std::size_t index = 0;
    State state = State::closed;
    Wire wire{};
    bool wants_write = false;
    Place place{};
    std::string peer{};       ///< the server's name for it
    std::string input{};      ///< bytes of an unfinished response or frame
    std::string output{};     ///< bytes that the kernel has not taken yet
    std::string fragments{};  ///< of an unfinished message
    bool in_fragments = false;

    std::string packet{};  ///< what it relays, ready but for its tag
    std::size_t packet_tag = 0;
    std::uint64_t sent = 0;      ///< sequence numbers given out
    std::uint64_t expected = 0;  ///< one past the highest that came from the partner
    std::uint64_t missing = 0;   ///< numbers below that which have not come
};

struct Counters {
    std::uint64_t sent = 0, received = 0;  ///< each message once
    std::uint64_t misrouted = 0, lost = 0, duplicated = 0, reordered = 0, corrupt = 0;
    std::uint64_t pings = 0, other_events = 0, server_errors = 0, drops = 0;
    bool messages_good() const noexcept { return misrouted + lost + duplicated + reordered + corrupt == 0; }
    bool connections_good() const noexcept { return server_errors + drops == 0; }
};

}  // namespace televisit::load
