#pragma once
/// What can be configured of Socket.IO.

#include <chrono>
#include <cstddef>

namespace televisit::socketio {

struct SocketSettings {
    std::chrono::milliseconds connect_timeout{45'000};
    std::chrono::milliseconds handler_timeout{5'000};
    std::size_t strand_queue = 256;        ///< packets of one socket that wait for an earlier one
    std::size_t strand_bytes = 4 << 20;    ///< bytes of them
    std::size_t max_attachments = 10;      ///< of one packet
    std::size_t max_binary = 4 << 20;      ///< bytes of all attachments of one packet
    std::size_t max_namespaces = 8;        ///< sockets of one client
    std::size_t max_pending_acks = 1000;   ///< that one socket has not answered yet
    std::size_t handover_bytes = 8 << 20;  ///< of events on their way from other loops to one

    bool recovery = true;                    ///< for clients that do not say
    std::size_t recovery_bytes = 256 << 10;  ///< of events of one socket that it may not have received
    std::size_t recovery_tail = 16 << 10;    ///< the same while it has a connection, single large events aside
    std::size_t recovery_events = 1024;      ///< the same as a number
    std::size_t max_away = 10'000;           ///< sockets on one loop that have no connection
    std::size_t away_bytes = 64 << 20;       ///< of events of all of these together
};

}  // namespace televisit::socketio
